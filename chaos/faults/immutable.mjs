// @ts-check
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../scripts/lib/errors.mjs';
import { run } from '../../scripts/lib/run-command.mjs';

/**
 * Why the files of a folder cannot be made immutable, if so. Most file systems ask at `open` alone; those that are of use
 * here (ext4 is) refuse to write to a file that is open already.
 * @param {string} folder
 * @returns {string | undefined}
 */
export function immutabilityMissing(folder) {
  if (process.platform !== 'linux') return 'it takes the immutable files of Linux';
  const place = mkdtempSync(join(folder, 'probe-'));
  const file = join(place, 'file');
  const descriptor = openSync(file, 'w');
  try {
    execFileSync('chattr', ['+i', file], { stdio: 'pipe' });
    return refusesToWrite(descriptor)
      ? undefined
      : `the file system at ${folder} lets open files be written all the same`;
  } catch (error) {
    return `making files immutable is not permitted here (${messageOf(error).split('\n').pop()})`;
  } finally {
    closeSync(descriptor);
    release(file);
    rmSync(place, { recursive: true });
  }
}

/**
 * Lets nobody write to the SQLite databases of a folder, whoever has them open. Not to their shared memory: a process that
 * writes to a mapped file that it must not is killed with SIGBUS.
 * @param {string} folder
 */
export async function makeImmutable(folder) {
  await run('chattr', ['+i', ...(await databaseFiles(folder))]);
}

/** @param {string} folder */
export async function makeMutable(folder) {
  await run('chattr', ['-i', ...(await databaseFiles(folder))]);
}

/** The databases and what is written ahead of them. @param {string} folder */
async function databaseFiles(folder) {
  const names = await readdir(folder);
  return names.filter((name) => /\.db(-wal)?$/.test(name)).map((name) => join(folder, name));
}

/** @param {number} descriptor */
function refusesToWrite(descriptor) {
  try {
    writeSync(descriptor, 'x');
    return false;
  } catch {
    return true;
  }
}

/** @param {string} file */
function release(file) {
  try {
    execFileSync('chattr', ['-i', file], { stdio: 'pipe' });
  } catch {
    // Then it was not immutable.
  }
}
