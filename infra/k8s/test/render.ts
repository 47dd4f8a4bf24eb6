import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { provisionKustomize } from '../../../scripts/lib/kustomize.mjs';
import { run } from '../../../scripts/lib/run-command.mjs';
import type { Manifest } from './manifest.js';

/** What can be applied with `kubectl apply -k infra/k8s/overlays/<name>`. */
export const overlays = ['local', 'production', 'production-load-balancer'] as const;
export type Overlay = (typeof overlays)[number];

/** How long the first rendering may take: kustomize may have to be fetched. */
export const PROVISIONING_TIMEOUT = 300_000;

/**
 * The objects that applying an overlay creates, as the real kustomize makes them.
 *
 * @throws UserError when there is no kustomize and none can be had, or when it fails
 */
export async function render(overlay: Overlay): Promise<Manifest[]> {
  const { command, args } = await provisionKustomize();
  const path = fileURLToPath(new URL(`../overlays/${overlay}`, import.meta.url));
  const output = await run(command, [...args, path]);
  return parseAllDocuments(output).map((document) => unfolded(document.toJS() as Manifest));
}

/** kustomize breaks long values of Secrets into lines, which Kubernetes reads over. */
function unfolded<M extends Manifest & { data?: Record<string, string> }>(manifest: M): M {
  if (manifest.kind !== 'Secret' || !manifest.data) return manifest;
  const entries = Object.entries(manifest.data).map(([key, value]) => [key, value.replaceAll('\n', '')]);
  return { ...manifest, data: Object.fromEntries(entries) as Record<string, string> };
}
