import { setTimeout as delay } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { Position, ReadModelFile } from './read-model-file.js';
import { RebuildError } from './rebuild-error.js';

/** How long to try for the write lock, in milliseconds, and how often: a query that projects is between two batches only briefly. */
const LOCK = { timeout: 20_000, retry: 1 };

/**
 * Puts the rows of another read model in place of those of `target`, in one transaction: whoever reads sees all of the old
 * ones or all of the new ones, and a death in the middle changes nothing. Whoever writes waits meanwhile.
 *
 * The file itself stays: processes that have it open would go on writing into one that was moved away, and its
 * write-ahead log would be taken for that of the file in its place.
 *
 * @param target opened for writing
 * @param source the other one's file, of the same tables
 * @param reach brings the source to the event at which the target stands, and cannot move on while this lasts
 * @returns for how long nothing could be projected, in milliseconds
 * @throws what `reach` threw; then nothing was changed
 */
export async function replaceRows(
  target: ReadModelFile,
  source: string,
  reach: (position: Position) => Promise<void>,
): Promise<number> {
  const { connection } = target;
  connection.prepare('ATTACH ? AS rebuilt').run(source);
  let began = Date.now();
  try {
    await lock(connection);
    began = Date.now();
    await reach(target.position());
    for (const { name, columns } of target.tables()) {
      const listed = columns.map((column) => `"${column}"`).join(', ');
      connection.exec(`DELETE FROM main."${name}"`);
      connection.exec(`INSERT INTO main."${name}" (${listed}) SELECT ${listed} FROM rebuilt."${name}"`);
    }
    connection.exec('COMMIT');
    return Date.now() - began;
  } finally {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    connection.exec('DETACH rebuilt');
  }
}

/** Takes the write lock on `main` alone: BEGIN IMMEDIATE would take those of attached databases, too. */
async function lock(connection: Database.Database): Promise<void> {
  const giveUpAt = Date.now() + LOCK.timeout;
  // SQLite itself would wait longer each time, and its turn might never come.
  const busyTimeout = connection.pragma('busy_timeout', { simple: true });
  connection.pragma('busy_timeout = 0');
  try {
    connection.exec('BEGIN');
    while (!tryToLock(connection)) {
      if (Date.now() > giveUpAt) throw new RebuildError('the running read model was locked by others all the time');
      await delay(LOCK.retry);
    }
  } finally {
    connection.pragma(`busy_timeout = ${String(busyTimeout)}`);
  }
}

function tryToLock(connection: Database.Database): boolean {
  try {
    connection.exec('UPDATE main.log_position SET log = log');
    return true;
  } catch (error) {
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}
