import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sqliteFileOf } from '#database';
import type { ServiceEnv } from '#service';
import { querySchema } from '../schema.js';
import { copyReadModel, type Position, ReadModelFile } from './read-model-file.js';
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
  await copyReadModel(sqliteFileOf(env.DATABASE_URL), to);
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
  // A write-ahead log that was left behind would be applied to the snapshot.
  const held = ['', '-wal', '-shm'].map((ending) => file + ending).find((name) => existsSync(name));
  if (held) throw new RebuildError(`there is a database at ${held} already: move it away first`);
  inspect(from);
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.restore`;
  try {
    await copyReadModel(from, draft);
    const position = inspect(draft);
    await withScratch(file, draft, () => checkAgainstLog(scratchOf(file), env, position));
    await rename(draft, file);
    return position;
  } finally {
    await rm(draft, { force: true });
  }
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
