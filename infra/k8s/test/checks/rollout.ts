import { defaultPorts } from '#contracts';
import { healthPaths } from '../apps.js';
import { containersOf, type KubernetesCluster, podSpecOf, type Workload } from '../cluster.js';
import { type Kinds, type Manifest, nameOf } from '../manifest.js';

type App = Kinds['Deployment'] & Manifest;
const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** Every process of the code is there, and each is updated without losing a request and can do no harm. */
export const rolloutProblems = (cluster: KubernetesCluster, images: string[]): string[] => [
  ...Object.keys(defaultPorts)
    .filter((name) => !cluster.apps.some(({ metadata }) => metadata.name === name))
    .map((name) => `Deployment ${name}: does not exist, but the code has a process of that name`),
  ...cluster.apps.flatMap((app) =>
    [...strategy(app), ...probing(app), ...image(app, images), ...readOnly(app)].map(
      (problem) => `${nameOf(app)}: ${problem}`,
    ),
  ),
  ...cluster.workloads.flatMap((workload) =>
    [...hardening(workload), ...resources(workload)].map((problem) => `${nameOf(workload)}: ${problem}`),
  ),
];

const strategy = ({ spec }: App): string[] =>
  spec?.strategy?.rollingUpdate?.maxUnavailable === 0 ? [] : ['/spec/strategy/rollingUpdate/maxUnavailable must be 0'];

function probing(app: App): string[] {
  const [container] = containersOf(app);
  const paths = healthPaths();
  return probes.flatMap((probe) => {
    const at = `/spec/template/spec/containers/0/${probe}`;
    const { path, port } = container?.[probe]?.httpGet ?? {};
    const wanted = probe === 'readinessProbe' ? '/health/ready' : '/health/live';
    return [
      ...(path !== undefined && paths.includes(path)
        ? []
        : [`${at} asks for ${path}; the code answers ${paths.join(', ')}`]),
      ...(path === wanted ? [] : [`${at} must ask for ${wanted}`]),
      ...(container?.ports?.some(({ name }) => name === port)
        ? []
        : [`${at} asks at ${port}, which is no port's name`]),
    ];
  });
}

/** `images`: what the Dockerfile builds. */
function image(app: App, images: string[]): string[] {
  const [path = '', tag] = containersOf(app)[0]?.image?.split(/:(?=[^/]*$)/) ?? [];
  const name = path.split('/').at(-1) ?? '';
  return [
    ...(name === app.metadata.name && images.includes(name)
      ? []
      : [
          `/spec/template/spec/containers/0/image ${path} is not built for it: the Dockerfile has ${images.join(', ')}`,
        ]),
    ...(tag ? [] : ['/spec/template/spec/containers/0/image has no tag: name it under images in the overlay']),
  ];
}

function readOnly(app: App): string[] {
  const readOnlyRoot = containersOf(app)[0]?.securityContext?.readOnlyRootFilesystem === true;
  return readOnlyRoot ? [] : ['/spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem must be true'];
}

/** What Kubernetes calls the restricted profile, and no token for its API. */
function hardening(workload: Workload): string[] {
  const spec = podSpecOf(workload);
  const pod = spec.securityContext ?? {};
  const container = containersOf(workload)[0]?.securityContext ?? {};
  const rules: [string, boolean][] = [
    ['automountServiceAccountToken must be false', spec.automountServiceAccountToken === false],
    ['securityContext/runAsNonRoot must be true', pod.runAsNonRoot === true],
    ['securityContext/seccompProfile must be RuntimeDefault', pod.seccompProfile?.type === 'RuntimeDefault'],
    [
      'containers/0/securityContext/allowPrivilegeEscalation must be false',
      container.allowPrivilegeEscalation === false,
    ],
    ['containers/0/securityContext/capabilities must drop ALL', container.capabilities?.drop?.includes('ALL') === true],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => `/spec/template/spec/${rule}`);
}

function resources(workload: Workload): string[] {
  const { requests = {}, limits = {} } = containersOf(workload)[0]?.resources ?? {};
  return [
    ...['cpu', 'memory'].filter((each) => !(each in requests)).map((each) => `requests/${each}`),
    ...['cpu', 'memory'].filter((each) => !(each in limits)).map((each) => `limits/${each}`),
  ].map((each) => `/spec/template/spec/containers/0/resources/${each} is missing`);
}
