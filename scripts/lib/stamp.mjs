// @ts-check
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * A fingerprint of texts: equal only if all of them are.
 * @param {(string | Uint8Array)[]} parts
 */
export function fingerprint(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(String(part.length)).update(':').update(part);
  return hash.digest('hex');
}

/**
 * A fingerprint of files and of everything in directories: names and contents, not times.
 * @param {string} root what the names are relative to
 * @param {string[]} paths those that do not exist count as empty
 */
export async function fingerprintOf(root, paths) {
  const files = (await Promise.all(paths.map((path) => filesIn(join(root, path))))).flat().toSorted();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return fingerprint(...files.flatMap((file, index) => [relative(root, file), contents[index] ?? '']));
}

/**
 * Whether a stamp file says that this very state was dealt with.
 * @param {string} file
 * @param {string} state
 */
export async function isStamped(file, state) {
  return (await readFile(file, 'utf8').catch(() => '')).trim() === state;
}

/**
 * @param {string} file
 * @param {string} state
 */
export async function stamp(file, state) {
  await writeFile(file, `${state}\n`);
}

/** @param {string} path @returns {Promise<string[]>} */
async function filesIn(path) {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return undefined;
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (!entries) return [path];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
