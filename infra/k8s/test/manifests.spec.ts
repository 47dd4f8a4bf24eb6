import { beforeAll, describe, expect, it } from 'vitest';
import { KubernetesCluster } from './cluster.js';
import { images } from './images.js';
import type { Manifest } from './manifest.js';
import { problemsOf } from './problems.js';
import { connections } from './reachability.js';
import { type Overlay, overlays, PROVISIONING_TIMEOUT, render } from './render.js';

const processes = [
  'gateway → posts:4000',
  'gateway → comments:4001',
  'gateway → query:4002',
  'comments → posts:4000',
  ...['posts', 'comments', 'query', 'moderation', 'gateway'].map((name) => `${name} → rabbitmq:5672`),
];
const withOperators = [
  ...processes,
  ...[4369, 25672, 35672].map((port) => `rabbitmq → rabbitmq:${port}`),
  ...['posts', 'comments', 'moderation'].flatMap((name) => [
    `${name} → ${name}-db:5432`,
    `${name}-db → ${name}-db:5432`,
    `${name}-db → ${name}-db:8000`,
  ]),
];

/** Who may call whom inside the cluster, and nobody else. */
const allowed: Record<Overlay, string[]> = {
  local: [...processes, ...['posts', 'comments', 'moderation'].map((name) => `${name} → postgres:5432`)],
  production: withOperators,
  'production-load-balancer': withOperators,
};

describe.each(overlays)('overlay %s', (overlay) => {
  let manifests: Manifest[];
  beforeAll(async () => void (manifests = await render(overlay)), PROVISIONING_TIMEOUT);

  it('has nothing that Kubernetes would refuse or that leads nowhere', async () => {
    expect(problemsOf(manifests, await images())).toEqual([]);
  });

  it('lets each pod call those that it must, and no other', () => {
    expect(connections(new KubernetesCluster(manifests)).toSorted()).toEqual(allowed[overlay].toSorted());
  });
});
