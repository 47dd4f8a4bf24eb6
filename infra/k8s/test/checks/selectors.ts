import { nameOf } from '../manifest.js';
import { type KubernetesCluster, podOf, podSpecOf, type Selector, selects } from '../cluster.js';
import type { NamedPort, Pod } from '../pod.js';

/** What selects pods must select some, and must name ports that they have. */
export const selectorProblems = (cluster: KubernetesCluster): string[] => [
  ...workloads(cluster),
  ...services(cluster),
  ...disruptionBudgets(cluster),
  ...monitors(cluster),
  ...networkPolicies(cluster),
];

const workloads = (cluster: KubernetesCluster): string[] =>
  cluster.workloads.flatMap((workload) => {
    const { of, labels } = podOf(workload);
    const selector: Selector = workload.spec?.selector ?? {};
    const others = cluster.pods.filter((pod) => pod.of !== of && selects(selector, pod.labels));
    const spread = podSpecOf(workload).topologySpreadConstraints ?? [];
    return [
      ...(selects(selector, labels) ? [] : [`${of}: /spec/selector does not match the labels of its own pods`]),
      ...others.map((pod) => `${of}: /spec/selector matches the pods of ${pod.of}, too`),
      ...spread.flatMap(({ labelSelector = {} }, index) =>
        selects(labelSelector, labels)
          ? []
          : [`${of}: /spec/template/spec/topologySpreadConstraints/${index}/labelSelector does not match its own pods`],
      ),
    ];
  });

const services = (cluster: KubernetesCluster): string[] =>
  cluster.all('Service').flatMap((service) => {
    const pods = cluster.pods.filter(({ labels }) => selects({ matchLabels: service.spec?.selector }, labels));
    if (pods.length === 0) return [`${nameOf(service)}: /spec/selector matches no pod`];
    return (service.spec?.ports ?? []).flatMap(({ port, targetPort = port }, index) =>
      missingPorts(pods, targetPort).map(
        (of) => `${nameOf(service)}: /spec/ports/${index}/targetPort ${targetPort} is no port of ${of}`,
      ),
    );
  });

const disruptionBudgets = (cluster: KubernetesCluster): string[] =>
  cluster
    .all('PodDisruptionBudget')
    .filter(({ spec }) => !cluster.pods.some(({ labels }) => selects(spec?.selector ?? {}, labels)))
    .map((budget) => `${nameOf(budget)}: /spec/selector matches no pod`);

function monitors(cluster: KubernetesCluster): string[] {
  const onServices = cluster.all('ServiceMonitor').flatMap((monitor) => {
    const found = cluster.services.filter(({ labels }) => selects(monitor.spec.selector, labels));
    if (found.length === 0) return [`${nameOf(monitor)}: /spec/selector matches no Service`];
    return monitor.spec.endpoints.flatMap(({ port }, index) =>
      found.some(({ ports }) => hasPort(ports, port))
        ? []
        : [`${nameOf(monitor)}: /spec/endpoints/${index}/port ${port} is no port of Service ${found[0]?.name}`],
    );
  });
  const onPods = cluster.all('PodMonitor').flatMap((monitor) => {
    const found = cluster.pods.filter(({ labels }) => selects(monitor.spec.selector, labels));
    if (found.length === 0) return [`${nameOf(monitor)}: /spec/selector matches no pod`];
    return (monitor.spec.podMetricsEndpoints ?? []).flatMap(({ port }, index) =>
      missingPorts(found, port).map(
        (of) => `${nameOf(monitor)}: /spec/podMetricsEndpoints/${index}/port ${port} is no port of ${of}`,
      ),
    );
  });
  return [...onServices, ...onPods];
}

const networkPolicies = (cluster: KubernetesCluster): string[] =>
  cluster.all('NetworkPolicy').flatMap((policy) => {
    const { podSelector = {}, ingress = [], egress = [] } = policy.spec ?? {};
    const found = cluster.pods.filter(({ labels }) => selects(podSelector, labels));
    const peers = [
      ...ingress.flatMap(({ from = [] }, rule) =>
        from.map((peer, index) => ({ peer, at: `ingress/${rule}/from/${index}` })),
      ),
      ...egress.flatMap(({ to = [] }, rule) => to.map((peer, index) => ({ peer, at: `egress/${rule}/to/${index}` }))),
    ];
    return [
      ...(found.length > 0 ? [] : [`${nameOf(policy)}: /spec/podSelector matches no pod`]),
      ...peers
        .filter(({ peer }) => peer.podSelector && !peer.namespaceSelector)
        .filter(({ peer }) => !cluster.pods.some(({ labels }) => selects(peer.podSelector ?? {}, labels)))
        .map(({ at }) => `${nameOf(policy)}: /spec/${at}/podSelector matches no pod`),
      ...ingress.flatMap(({ ports = [] }, rule) =>
        ports.flatMap(({ port }, index) =>
          missingPorts(found, port).map(
            (of) => `${nameOf(policy)}: /spec/ingress/${rule}/ports/${index}/port ${port} is no port of ${of}`,
          ),
        ),
      ),
    ];
  });

/** Whose pods have no such port. */
const missingPorts = (pods: Pod[], port?: string | number): string[] =>
  pods.filter(({ ports }) => !hasPort(ports, port)).map(({ of }) => of);

const hasPort = (ports: NamedPort[], port?: string | number): boolean =>
  ports.some(({ name, number }) => port === number || port === name);
