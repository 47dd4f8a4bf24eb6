import type { INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort';
import { type KubernetesCluster, selects } from './cluster.js';
import type { NamedPort, Pod } from './pod.js';

type Policy = ReturnType<typeof policiesOf>[number];
const policiesOf = (cluster: KubernetesCluster) => cluster.all('NetworkPolicy').map(({ spec }) => spec ?? {});

/**
 * Which pods may open connections to which, by the network policies: `gateway → posts:4000`. Only what both sides allow
 * goes through, and a pod that no policy of a direction selects is open in that direction.
 */
export function connections(cluster: KubernetesCluster): string[] {
  const policies = policiesOf(cluster);
  return cluster.pods.flatMap((from) =>
    cluster.pods.flatMap((to) =>
      to.ports
        .filter((port) => lets('Egress', policies, from, to, port) && lets('Ingress', policies, to, from, port))
        .map(({ number }) => `${short(from)} → ${short(to)}:${number}`),
    ),
  );
}

const short = ({ of }: Pod): string => of.split(' ')[1] ?? of;

/** Whether the policies on `pod` let `peer` through in this direction. */
function lets(direction: 'Ingress' | 'Egress', policies: Policy[], pod: Pod, peer: Pod, port: NamedPort): boolean {
  const onPod = policies.filter(
    ({ podSelector = {}, policyTypes = [] }) => policyTypes.includes(direction) && selects(podSelector, pod.labels),
  );
  if (onPod.length === 0) return true;
  return onPod.some(({ ingress = [], egress = [] }) =>
    direction === 'Ingress'
      ? ingress.some(({ from, ports }) => isPeer(from, peer) && isPort(ports, port))
      : egress.some(({ to, ports }) => isPeer(to, peer) && isPort(ports, port)),
  );
}

/** A rule that names nobody means everybody. A peer in another namespace is none of these pods. */
const isPeer = (
  peers: { podSelector?: object; namespaceSelector?: object; ipBlock?: object }[] | undefined,
  pod: Pod,
) =>
  !peers ||
  peers.some(
    ({ podSelector, namespaceSelector }) => !namespaceSelector && podSelector && selects(podSelector, pod.labels),
  );

const isPort = (ports: INetworkPolicyPort[] | undefined, { name, number }: NamedPort): boolean =>
  !ports ||
  ports.some(({ port, endPort }) =>
    endPort === undefined ? port === number || port === name : Number(port) <= number && number <= endPort,
  );
