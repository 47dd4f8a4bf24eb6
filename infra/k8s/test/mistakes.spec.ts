import { beforeAll, describe, expect, it } from 'vitest';
import { images } from './images.js';
import { type Manifest, nameOf } from './manifest.js';
import { mistakes } from './mistakes.js';
import { problemsOf } from './problems.js';
import { PROVISIONING_TIMEOUT, render } from './render.js';
import { schemaProblems } from './schemas.js';

/** An object of the rendered overlay, open for any change. */
type Node = { [key: string]: Node };

let manifests: Manifest[];
beforeAll(async () => void (manifests = await render('production')), PROVISIONING_TIMEOUT);

describe(problemsOf.name, () => {
  it.each(mistakes)('finds $what', async ({ object, at, value, message }) => {
    expect(problemsOf(changed(object, at, value), await images())).toContainEqual(expect.stringMatching(message));
  });

  it('finds a process of the code that has no Deployment', async () => {
    const without = manifests.filter((manifest) => nameOf(manifest) !== 'Deployment query');
    expect(problemsOf(without, await images())).toContainEqual(
      expect.stringMatching(/^Deployment query: does not exist/),
    );
  });
});

/** Where any key may stand. */
const maps = [
  /\/(labels|annotations|matchLabels|requests|limits)$/,
  /^ConfigMap .*\/data$/,
  /^Service .*\/spec\/selector$/,
  /^Cluster .*\/postgresql\/parameters$/,
  /^ScaledObject .*\/triggers\/\d+\/metadata$/,
];

describe(schemaProblems.name, () => {
  it('knows every field, however deep: a further one is found in any object that is not a map', () => {
    const unnoticed = manifests.flatMap((manifest) =>
      objectsIn(manifest as never)
        .filter((at) => schemaProblems(withField(manifest, `${at}/surprise`, 'any')).length === 0)
        .map((at) => `${nameOf(manifest)}: ${at}`),
    );
    expect(unnoticed.filter((at) => !maps.some((map) => map.test(at)))).toEqual([]);
  });
});

/** The production overlay with one field of one object changed. */
function changed(object: string, at: string, value: unknown): Manifest[] {
  // Secrets and ConfigMaps of a generator have a hash behind their name.
  const index = manifests.findIndex((manifest) => nameOf(manifest).replace(/-[a-z\d]{10}$/, '') === object);
  const manifest = manifests[index];
  if (!manifest) throw new Error(`there is no ${object}`);
  return manifests.with(index, withField(manifest, at, value));
}

/** A copy of `manifest` in which the field at a JSON pointer has another value, or none. */
function withField(manifest: Manifest, at: string, value: unknown): Manifest {
  const copy = structuredClone(manifest);
  const keys = at
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/'));
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Node>((node, key) => node[key] ?? {}, copy as never);
  if (value === undefined) delete parent[last];
  else parent[last] = value as Node;
  return copy;
}

/** Pointers to all objects in `node`, itself included. */
function objectsIn(node: Node, at = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.entries(node).flatMap(([key, value]) => objectsIn(value, `${at}/${key.replaceAll('/', '~1')}`));
  return Array.isArray(node) ? below : [at, ...below];
}
