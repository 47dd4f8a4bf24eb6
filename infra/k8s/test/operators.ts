import { type Manifest, ofKind } from './manifest.js';
import type { NamedPort, Pod } from './pod.js';

/** What comes into being by itself once an overlay is applied: its pods, and the Services and Secrets that others use. */
export interface Made {
  pods: Pod[];
  services: { name: string; labels: Record<string, string>; ports: NamedPort[] }[];
  /** What a Secret's keys may look like. */
  secrets: { name: string; data: Record<string, string> }[];
}

/** What RabbitMQ's Cluster Operator, CloudNativePG and cert-manager make of the objects that ask them to. */
export function madeByOperators(manifests: Manifest[]): Made {
  const made = [
    ...ofKind(manifests, 'RabbitmqCluster').map(rabbitmq),
    ...ofKind(manifests, 'Cluster').map(postgres),
    ...ofKind(manifests, 'Ingress').flatMap(certificates),
  ];
  return {
    pods: made.flatMap(({ pods }) => pods),
    services: made.flatMap(({ services }) => services),
    secrets: made.flatMap(({ secrets }) => secrets),
  };
}

function rabbitmq({ metadata: { name, namespace } }: Manifest): Made {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'rabbitmq' };
  const ports = [port('amqp', 5672), port('management', 15672), port('prometheus', 15692)];
  const among = [port('epmd', 4369), port('cluster-rpc', 25672), port('cli', 35672)];
  const url = `amqp://user:secret@${name}.${namespace}.svc:5672/`;
  return {
    pods: [{ of: `RabbitmqCluster ${name}`, labels, ports: [...ports, ...among] }],
    services: [{ name, labels, ports }],
    secrets: [{ name: `${name}-default-user`, data: { username: 'user', password: 'secret', connection_string: url } }],
  };
}

function postgres({ metadata: { name, namespace } }: Manifest): Made {
  const labels = { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' };
  const postgresql = port('postgresql', 5432);
  const uri = `postgresql://user:secret@${name}-rw.${namespace}:5432/database`;
  return {
    pods: [{ of: `Cluster ${name}`, labels, ports: [postgresql, port('metrics', 9187), port('status', 8000)] }],
    services: ['rw', 'ro', 'r'].map((role) => ({ name: `${name}-${role}`, labels, ports: [postgresql] })),
    secrets: [
      { name: `${name}-app`, data: { username: 'user', password: 'secret', uri } },
      { name: `${name}-ca`, data: { 'ca.crt': '', 'ca.key': '' } },
    ],
  };
}

function certificates(ingress: Manifest): Made[] {
  const issued = Object.keys(ingress.metadata.annotations ?? {}).some((key) => key.startsWith('cert-manager.io/'));
  if (!issued) return [];
  const names = ofKind([ingress], 'Ingress').flatMap(
    ({ spec }) => spec?.tls?.map(({ secretName }) => secretName) ?? [],
  );
  const secrets = names.map((name) => ({ name: name ?? '', data: { 'tls.crt': '', 'tls.key': '', 'ca.crt': '' } }));
  const labels = { 'acme.cert-manager.io/http01-solver': 'true' };
  return [{ pods: [{ of: 'Challenge solver', labels, ports: [port('http', 8089)] }], services: [], secrets }];
}

const port = (name: string, number: number): NamedPort => ({ name, number });
