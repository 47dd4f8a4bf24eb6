import { readFile } from 'node:fs/promises';

/** The images that the Dockerfile can build: its named stages. */
export async function images(): Promise<string[]> {
  const dockerfile = await readFile(new URL('../../../Dockerfile', import.meta.url), 'utf8');
  return [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gim)].map(([, name]) => name ?? '');
}
