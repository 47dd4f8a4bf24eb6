import type { KubernetesCluster } from '../cluster.js';
import { triggerSettings } from '../keda-triggers.schema.js';
import { nameOf } from '../manifest.js';

/** What scales a Deployment must name one, alone, and go by what there is. */
export const scalingProblems = (cluster: KubernetesCluster): string[] => [
  ...targets(cluster),
  ...cluster.all('ScaledObject').flatMap((scaled) =>
    scaled.spec.triggers.flatMap(({ type, metadata, authenticationRef }, index) => {
      const at = `${nameOf(scaled)}: /spec/triggers/${index}`;
      return [
        ...settingProblems(type, metadata).map((problem) => `${at}/metadata${problem}`),
        ...(!authenticationRef || hasAuthentication(cluster, authenticationRef.name)
          ? []
          : [`${at}/authenticationRef TriggerAuthentication ${authenticationRef.name} does not exist`]),
      ];
    }),
  ),
];

function targets(cluster: KubernetesCluster): string[] {
  const scalers = [...cluster.all('HorizontalPodAutoscaler'), ...cluster.all('ScaledObject')];
  const targetOf = (scaler: (typeof scalers)[number]) => scaler.spec?.scaleTargetRef?.name;
  return [
    ...scalers
      .filter((scaler) => !cluster.apps.some(({ metadata }) => metadata.name === targetOf(scaler)))
      .map((scaler) => `${nameOf(scaler)}: /spec/scaleTargetRef Deployment ${targetOf(scaler)} does not exist`),
    ...cluster.apps.flatMap((app) => {
      const mine = scalers.filter((scaler) => targetOf(scaler) === app.metadata.name).map(nameOf);
      if (mine.length !== 1)
        return [`${nameOf(app)}: must be scaled by one object, not by ${mine.join(' and ') || 'none'}`];
      return app.spec?.replicas === undefined ? [] : [`${nameOf(app)}: /spec/replicas would undo what ${mine[0]} does`];
    }),
  ];
}

function settingProblems(type: string, metadata: Record<string, string>): string[] {
  const settings = triggerSettings[type];
  if (!settings) return [` of a trigger of an unknown type, ${type}`];
  const { error } = settings.safeParse(metadata);
  return (error?.issues ?? []).map(({ path, message }) => `/${path.join('/')} ${message}`);
}

const hasAuthentication = (cluster: KubernetesCluster, name: string): boolean =>
  cluster.all('TriggerAuthentication').some(({ metadata }) => metadata.name === name);
