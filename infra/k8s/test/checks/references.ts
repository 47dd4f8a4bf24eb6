import { nameOf, ofKind } from '../manifest.js';
import { containersOf, type KubernetesCluster, podOf, podSpecOf, type Workload } from '../cluster.js';

/** A name that an object mentions and that must stand for something: where it is said, and what is missing. */
interface Missing {
  at: string;
  what: string;
}

/** What an object refers to must exist, down to the key of the Secret and the name of the port. */
export const referenceProblems = (cluster: KubernetesCluster): string[] => [
  ...cluster.workloads.flatMap((workload) =>
    [...accounts(cluster, workload), ...volumes(cluster, workload), ...variables(cluster, workload)].map(
      ({ at, what }) => `${nameOf(workload)}: /spec/template/spec/${at} ${what}`,
    ),
  ),
  ...ingresses(cluster),
  ...statefulSets(cluster),
  ...triggerAuthentications(cluster),
];

function accounts(cluster: KubernetesCluster, workload: Workload): Missing[] {
  const { serviceAccountName = 'default' } = podSpecOf(workload);
  const found = cluster.all('ServiceAccount').some(({ metadata }) => metadata.name === serviceAccountName);
  return found ? [] : [{ at: 'serviceAccountName', what: `${serviceAccountName} does not exist` }];
}

function variables(cluster: KubernetesCluster, workload: Workload): Missing[] {
  return containersOf(workload).flatMap(({ env = [], envFrom = [] }, container) => [
    ...envFrom.flatMap(({ configMapRef, secretRef }, index) =>
      [
        ...keyProblems('ConfigMap', configMapRef?.name, [], cluster),
        ...keyProblems('Secret', secretRef?.name, [], cluster),
      ].map((what) => ({ at: `containers/${container}/envFrom/${index}`, what })),
    ),
    ...env.flatMap(({ name, valueFrom: { configMapKeyRef, secretKeyRef } = {} }) =>
      [
        ...keyProblems('ConfigMap', configMapKeyRef?.name, [configMapKeyRef?.key], cluster),
        ...keyProblems('Secret', secretKeyRef?.name, [secretKeyRef?.key], cluster),
      ].map((what) => ({ at: `containers/${container}/env/${name}`, what })),
    ),
  ]);
}

function volumes(cluster: KubernetesCluster, workload: Workload): Missing[] {
  const spec = podSpecOf(workload);
  const claims = ofKind([workload], 'StatefulSet').flatMap((set) => set.spec?.volumeClaimTemplates ?? []);
  const names = new Set(
    [...(spec.volumes ?? []), ...claims.map(({ metadata }) => ({ name: metadata?.name }))].map(({ name }) => name),
  );
  const mounted = containersOf(workload).flatMap(({ volumeMounts = [] }, container) =>
    volumeMounts
      .filter(({ name }) => !names.has(name))
      .map(({ name }) => ({ at: `containers/${container}/volumeMounts/${name}`, what: 'is no volume of the pod' })),
  );
  const sources = (spec.volumes ?? []).flatMap(({ name, secret, configMap, projected }) => {
    const projectedSecrets = projected?.sources?.map((source) => source.secret) ?? [];
    return [
      ...keyProblems('ConfigMap', configMap?.name, keysOf(configMap), cluster),
      ...keyProblems('Secret', secret?.secretName, keysOf(secret), cluster),
      ...projectedSecrets.flatMap((each) => keyProblems('Secret', each?.name, keysOf(each), cluster)),
    ].map((what) => ({ at: `volumes/${name}`, what }));
  });
  return [...mounted, ...sources];
}

const keysOf = (source?: { items?: { key: string }[] }): string[] => source?.items?.map(({ key }) => key) ?? [];

const ingresses = (cluster: KubernetesCluster): string[] =>
  cluster.all('Ingress').flatMap((ingress) => {
    const backends =
      ingress.spec?.rules?.flatMap(({ http }) => http?.paths.map(({ backend }) => backend.service)) ?? [];
    const secrets = ingress.spec?.tls?.map(({ secretName }) => secretName) ?? [];
    return [
      ...backends.flatMap((backend) => {
        const service = cluster.services.find(({ name }) => name === backend?.name);
        if (!service) return [`backend Service ${backend?.name} does not exist`];
        const { name, number } = backend?.port ?? {};
        const found = service.ports.some((port) => port.name === name || port.number === number);
        return found ? [] : [`backend port ${name ?? number} is no port of Service ${service.name}`];
      }),
      ...secrets.flatMap((name) => keyProblems('Secret', name, ['tls.crt', 'tls.key'], cluster)),
    ].map((what) => `${nameOf(ingress)}: /spec ${what}`);
  });

const statefulSets = (cluster: KubernetesCluster): string[] =>
  cluster
    .all('StatefulSet')
    .filter(({ spec }) => !cluster.services.some(({ name }) => name === spec?.serviceName))
    .map((set) => `${podOf(set).of}: /spec/serviceName ${set.spec?.serviceName} does not exist`);

const triggerAuthentications = (cluster: KubernetesCluster): string[] =>
  cluster
    .all('TriggerAuthentication')
    .flatMap((authentication) =>
      (authentication.spec.secretTargetRef ?? []).flatMap(({ name, key }, index) =>
        keyProblems('Secret', name, [key], cluster).map(
          (what) => `${nameOf(authentication)}: /spec/secretTargetRef/${index} ${what}`,
        ),
      ),
    );

/** What is missing of a Secret or ConfigMap, if one is meant at all. */
function keyProblems(
  kind: 'Secret' | 'ConfigMap',
  name: string | undefined,
  keys: (string | undefined)[],
  cluster: KubernetesCluster,
): string[] {
  if (name === undefined) return [];
  const values = kind === 'Secret' ? cluster.secret(name) : cluster.configMap(name);
  if (!values) return [`${kind} ${name} does not exist`];
  return keys.filter((key) => key !== undefined && !(key in values)).map((key) => `${kind} ${name} has no key ${key}`);
}
