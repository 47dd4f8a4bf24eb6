import { connectionProblems } from './checks/connections.js';
import { environmentProblems } from './checks/environment.js';
import { referenceProblems } from './checks/references.js';
import { rolloutProblems } from './checks/rollout.js';
import { scalingProblems } from './checks/scaling.js';
import { selectorProblems } from './checks/selectors.js';
import { KubernetesCluster } from './cluster.js';
import type { Manifest } from './manifest.js';
import { schemaProblems } from './schemas.js';

/**
 * Everything that is wrong with the objects of an overlay, a line for each problem, with the object and the field.
 * `images` are the targets of the Dockerfile. What the schemas find comes alone: the other checks rely on them.
 */
export function problemsOf(manifests: Manifest[], images: string[]): string[] {
  const wrong = manifests.flatMap(schemaProblems);
  if (wrong.length > 0) return wrong;
  const cluster = new KubernetesCluster(manifests);
  return [
    ...selectorProblems(cluster),
    ...referenceProblems(cluster),
    ...environmentProblems(cluster),
    ...rolloutProblems(cluster, images),
    ...scalingProblems(cluster),
    ...connectionProblems(cluster),
  ];
}
