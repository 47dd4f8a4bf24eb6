import { rmSync } from 'node:fs';
import { copyFile, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { RebuildError } from './rebuild-error.js';

/** The file in which the second read model is built. */
export const scratchOf = (file: string): string => `${file}.rebuild`;
/** The file that keeps what was there before the last swap. */
export const previousOf = (file: string): string => `${file}.previous`;

/** Removes what is left of a second read model. */
function removeScratch(file: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(scratchOf(file) + ending, { force: true });
}

/** Ends the process at SIGINT and SIGTERM, without leaving the files of a second read model behind. */
export function removeScratchAtSignals(file: string): void {
  const exitCodes = { SIGINT: 130, SIGTERM: 143 };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      removeScratch(file);
      process.exit(exitCodes[signal]);
    });
  }
}

/**
 * Lets `work` have the scratch file for itself, empty or as a copy of `base`, and removes it afterwards. What an
 * interrupted run has left is removed before.
 *
 * @param file of the running read model
 * @throws RebuildError while another process does the same, and when the disk has no room for it
 */
export async function withScratch<T>(file: string, base: string | undefined, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const lock = takeLock(file);
  try {
    removeScratch(file);
    await checkRoom(file, base ?? file);
    if (base) await copyFile(base, scratchOf(file));
    return await work();
  } finally {
    removeScratch(file);
    lock.close();
  }
}

/** A lock that goes with the process, however it ends. */
function takeLock(file: string): Database.Database {
  const lock = new Database(`${file}.rebuild-lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw (error as { code?: string }).code === 'SQLITE_BUSY'
      ? new RebuildError(`another rebuild of ${file} is under way`)
      : error;
  }
}

/** The second read model, the one kept for a rollback, and the write-ahead log of the swap: a full disk stops everybody. */
async function checkRoom(file: string, model: string): Promise<void> {
  const { size } = await stat(model);
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize >= 3 * size) return;
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MB`;
  throw new RebuildError(
    `the disk of ${file} has ${megabytes(bavail * bsize)} left; a rebuild may need ${megabytes(3 * size)}`,
  );
}
