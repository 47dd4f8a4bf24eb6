// @ts-check
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The first of these programs that this machine has.
 * @param {string[]} candidates absolute paths, or names to look up in the PATH
 * @returns {Promise<string | undefined>}
 */
export async function findExecutable(candidates) {
  const directories = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const paths = candidates.flatMap((candidate) =>
    isAbsolute(candidate) ? [candidate] : directories.map((directory) => join(directory, candidate)),
  );
  for (const path of paths) {
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** @param {string} path */
function isExecutable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
