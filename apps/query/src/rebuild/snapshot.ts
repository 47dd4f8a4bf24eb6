import { existsSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import { sqliteFileOf } from '#database';
import type { ServiceEnv } from '#service';
import { querySchema } from '../schema.js';
import { type Position, ReadModelFile, synced } from './read-model-file.js';
import { RebuildError } from './rebuild-error.js';
import { scratchOf, withScratch } from './scratch.js';
import { SecondReadModel } from './second-read-model.js';

/**
 * Writes the read model of a query, which may be running, into a file of its own, as of one event.
 *
 * @param to a file that is not there yet; it appears when it is whole
 * @returns where it stands
 * @throws RebuildError when there is no read model, or there is such a file
 */
export async function takeSnapshot(env: ServiceEnv, to: string): Promise<Position> {
  if (existsSync(to)) throw new RebuildError(`${to} is there already: name another file`);
  const running = ReadModelFile.open(sqliteFileOf(env.DATABASE_URL));
  try {
    await running.copyTo(to);
  } finally {
    running.close();
  }
  return inspect(to);
}

/**
 * Puts a snapshot where a new copy of query will look for its database, after making sure that the copy can go on from it:
 * it is whole, this version knows its tables, and the event log holds where it stands.
 *
 * @param from the snapshot; it stays
 * @returns where it stands
 * @throws RebuildError otherwise, or when there is a database already; then nothing was changed
 */
export async function restoreSnapshot(env: ServiceEnv, from: string): Promise<Position> {
  const file = sqliteFileOf(env.DATABASE_URL);
  if (existsSync(file)) throw new RebuildError(`there is a database at ${file} already: move it away first`);
  const position = inspect(from);
  await withScratch(file, from, () => checkAgainstLog(scratchOf(file), env, position));
  const draft = `${file}.part`;
  try {
    await copyFile(from, draft);
    await synced(draft);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return position;
}

function inspect(file: string): Position {
  const snapshot = ReadModelFile.open(file);
  try {
    snapshot.checkIntegrity();
    const known = querySchema.migrations.map(({ name }) => name);
    const unknown = snapshot.migrations().find((name) => !known.includes(name));
    if (unknown) throw new RebuildError(`${file} was made by another version of query: it has ${unknown}`);
    return snapshot.position();
  } finally {
    snapshot.close();
  }
}

/** Opens it as query would, which also tries the migrations that it lacks. */
async function checkAgainstLog(file: string, env: ServiceEnv, position: Position): Promise<void> {
  const copy = await SecondReadModel.open(file, env, position, () => undefined);
  try {
    await copy.readTo(position);
  } finally {
    await copy.close();
  }
}
