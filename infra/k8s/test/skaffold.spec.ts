import { access, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { containersOf, KubernetesCluster } from './cluster.js';
import { images } from './images.js';
import { PROVISIONING_TIMEOUT, render } from './render.js';

const root = new URL('../../../', import.meta.url);

/** What skaffold.yaml uses of Skaffold's schema. */
const Skaffold = z.strictObject({
  apiVersion: z.literal('skaffold/v4beta11'),
  kind: z.literal('Config'),
  metadata: z.strictObject({ name: z.string() }),
  build: z.strictObject({
    local: z.strictObject({ push: z.boolean(), useBuildkit: z.boolean() }),
    tagPolicy: z.strictObject({ inputDigest: z.strictObject({}) }),
    artifacts: z.array(z.strictObject({ image: z.string(), docker: z.strictObject({ target: z.string() }) })),
  }),
  manifests: z.strictObject({ kustomize: z.strictObject({ paths: z.array(z.string()) }) }),
  deploy: z.strictObject({ kubectl: z.strictObject({}) }),
  portForward: z.array(
    z.strictObject({
      resourceType: z.literal('service'),
      resourceName: z.string(),
      namespace: z.string(),
      port: z.int(),
    }),
  ),
});

describe('skaffold.yaml', () => {
  let skaffold: z.infer<typeof Skaffold>;
  let cluster: KubernetesCluster;
  beforeAll(async () => {
    skaffold = Skaffold.parse(parse(await readFile(new URL('skaffold.yaml', root), 'utf8')));
    cluster = new KubernetesCluster(await render('local'));
  }, PROVISIONING_TIMEOUT);

  it('builds what the local overlay runs, from targets of the Dockerfile', async () => {
    const { artifacts } = skaffold.build;
    const used = cluster.apps.flatMap(containersOf).map(({ image }) => image?.replace(/:.*/, ''));
    expect(new Set(artifacts.map(({ image }) => image))).toEqual(new Set(used));
    expect(await images()).toEqual(expect.arrayContaining(artifacts.map(({ docker }) => docker.target)));
  });

  it('deploys an overlay that is there', async () => {
    const paths = skaffold.manifests.kustomize.paths.map((path) => new URL(`${path}/kustomization.yaml`, root));
    await Promise.all(paths.map((path) => access(path)));
  });

  it('forwards ports of Services', () => {
    for (const { resourceName, namespace, port } of skaffold.portForward) {
      const service = cluster.all('Service').find(({ metadata }) => metadata.name === resourceName);
      expect(service).toMatchObject({ metadata: { namespace, name: resourceName } });
      expect(service?.spec?.ports).toContainEqual(expect.objectContaining({ port }));
    }
  });
});
