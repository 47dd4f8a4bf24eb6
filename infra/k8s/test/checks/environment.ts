import { type AppName, defaultPorts } from '#contracts';
import { type AppEnv, EnvironmentError, parseEnv } from '#service';
import { apps, variablesOf } from '../apps.js';
import { containersOf, type KubernetesCluster, podSpecOf, type Workload } from '../cluster.js';
import { nameOf } from '../manifest.js';

/** What Node itself reads. */
const variablesOfNode = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS'];
/** What stopping takes beyond SHUTDOWN_TIMEOUT before a process ends itself (`libs/service/src/run.ts`), in seconds. */
const GRACE = 5;

/** The environment that a process gets must be one that its code takes, and must lead to what exists. */
export const environmentProblems = (cluster: KubernetesCluster): string[] =>
  cluster.apps.flatMap((app) => {
    const name = app.metadata.name;
    if (!isApp(name)) return [`${nameOf(app)}: is none of Parley's processes`];
    const env = environmentOf(app, cluster);
    return [
      ...unknownVariables(app, name, cluster),
      ...lateVariables(app),
      ...unusable(name, env, app),
      ...files(app, env),
      ...urls(env, cluster),
    ].map((problem) => `${nameOf(app)}: ${problem}`);
  });

const isApp = (name: string): name is AppName => name in defaultPorts;
const variable = /\$\((\w+)\)/g;

/** The variables that a pod's process is started with, references to others filled in as Kubernetes does it. */
export function environmentOf(workload: Workload, cluster: KubernetesCluster): Record<string, string> {
  const [container] = containersOf(workload);
  const common = (container?.envFrom ?? []).map(({ configMapRef }) => cluster.configMap(configMapRef?.name ?? ''));
  const own: Record<string, string> = {};
  for (const { name, value, valueFrom } of container?.env ?? []) {
    const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
    const source = secretKeyRef
      ? cluster.secret(secretKeyRef.name ?? '')
      : cluster.configMap(configMapKeyRef?.name ?? '');
    const referred = source?.[(secretKeyRef ?? configMapKeyRef)?.key ?? ''];
    own[name] = referred ?? (value ?? '').replace(variable, (text, other: string) => own[other] ?? text);
  }
  return Object.assign({}, ...common, own) as Record<string, string>;
}

function unknownVariables(app: Workload, name: AppName, cluster: KubernetesCluster): string[] {
  const known = new Set([...variablesOf(name), ...variablesOfNode, ...containersOf(app).flatMap(referredTo)]);
  return Object.keys(environmentOf(app, cluster))
    .filter((key) => !known.has(key))
    .map((key) => `/spec/template/spec/containers/0/env ${key} is no variable that ${name} reads`);
}

const referredTo = ({ env = [] }: { env?: { value?: string }[] }): string[] =>
  env.flatMap(({ value = '' }) => [...value.matchAll(variable)].map(([, other]) => other ?? ''));

/** Kubernetes fills in only variables that stand before the one that refers to them, and none of `envFrom`. */
function lateVariables(app: Workload): string[] {
  const env = containersOf(app).flatMap((container) => container.env ?? []);
  return env.flatMap((each, index) =>
    referredTo({ env: [each] })
      .filter((other) => !env.slice(0, index).some(({ name }) => name === other))
      .map(
        (other) => `/spec/template/spec/containers/0/env/${each.name} refers to ${other}, which must stand before it`,
      ),
  );
}

function unusable(name: AppName, env: Record<string, string>, app: Workload): string[] {
  try {
    return contradictions(name, parseEnv(apps[name].env, env), app);
  } catch (error) {
    if (error instanceof EnvironmentError) return [error.message];
    throw error;
  }
}

function contradictions(name: AppName, env: AppEnv, app: Workload): string[] {
  const port = containersOf(app)[0]?.ports?.find((each) => each.name === 'http')?.containerPort;
  const grace = podSpecOf(app).terminationGracePeriodSeconds ?? 30;
  const stopping = (env.DRAIN_DELAY + env.SHUTDOWN_TIMEOUT) / 1_000 + GRACE;
  return [
    ...(env.PORT === port && port === defaultPorts[name]
      ? []
      : [`the port must be ${defaultPorts[name]} in PORT and http`]),
    ...(env.HOST === '0.0.0.0' ? [] : [`HOST ${env.HOST} can't be reached from other pods`]),
    ...(grace > stopping
      ? []
      : [`/spec/template/spec/terminationGracePeriodSeconds ${grace} must be more than stopping takes, ${stopping}`]),
  ];
}

/** A variable that names a file must name one that is mounted. */
function files(app: Workload, env: Record<string, string>): string[] {
  const mounted = containersOf(app).flatMap(({ volumeMounts = [] }) =>
    volumeMounts.flatMap(({ name, mountPath }) => {
      const source = podSpecOf(app).volumes?.find((volume) => volume.name === name)?.secret;
      return (
        source?.items?.map(({ path }) => `${mountPath}/${path}`) ?? [`${mountPath}/tls.crt`, `${mountPath}/tls.key`]
      );
    }),
  );
  return ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'NODE_EXTRA_CA_CERTS']
    .filter((key) => env[key] !== undefined && !mounted.includes(env[key]))
    .map((key) => `/spec/template/spec/containers/0/env/${key} ${env[key]} is not mounted`);
}

/** A URL must lead to a Service of this cluster, by a port that it has. */
function urls(env: Record<string, string>, cluster: KubernetesCluster): string[] {
  return Object.entries(env)
    .filter(([, value]) => /^[a-z]+:\/\//.test(value))
    .flatMap(([key, value]) => value.split(',').map((url) => ({ key, url: new URL(url) })))
    .filter(({ url }) => {
      const service = cluster.services.find(({ name }) => name === url.hostname.split('.')[0]);
      return !service?.ports.some(({ number }) => number === Number(url.port));
    })
    .map(({ key, url }) => `/spec/template/spec/containers/0/env/${key} leads to ${url.host}, which is no Service`);
}
