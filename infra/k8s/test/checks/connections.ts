import { serviceEnv } from '#service';
import type { KubernetesCluster } from '../cluster.js';
import { environmentOf } from './environment.js';

/** What PostgreSQL takes when nobody says otherwise, and what it and its operator keep for themselves. */
const DEFAULT_MAX_CONNECTIONS = 100;
const RESERVED = 10;

const { DATABASE_POOL_SIZE } = serviceEnv('posts').shape;

/** However many copies there are, one more while they are updated: each must get its connections to the database. */
export const connectionProblems = (cluster: KubernetesCluster): string[] =>
  cluster.all('Cluster').flatMap(({ metadata: { name }, spec }) => {
    const app = cluster.apps.find((each) => environmentOf(each, cluster)['DATABASE_URL']?.includes(`@${name}-rw.`));
    if (!app) return [`Cluster ${name}: no process uses it`];
    const poolSize = DATABASE_POOL_SIZE.parse(environmentOf(app, cluster)['DATABASE_POOL_SIZE']);
    const needed = (mostCopies(app.metadata.name, cluster) + 1) * poolSize;
    const { max_connections: given = DEFAULT_MAX_CONNECTIONS } = spec.postgresql?.parameters ?? {};
    return Number(given) - RESERVED >= needed
      ? []
      : [`Cluster ${name}: /spec/postgresql/parameters/max_connections ${given} must be at least ${needed + RESERVED}`];
  });

function mostCopies(app: string, cluster: KubernetesCluster): number {
  const autoscaler = cluster.all('HorizontalPodAutoscaler').find(({ spec }) => spec?.scaleTargetRef.name === app);
  const scaled = cluster.all('ScaledObject').find(({ spec }) => spec.scaleTargetRef.name === app);
  return autoscaler?.spec?.maxReplicas ?? scaled?.spec.maxReplicaCount ?? 1;
}
