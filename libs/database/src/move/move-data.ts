import { withoutPassword } from '../database-url.js';
import { openPostgresWriter } from '../postgres-data-sources.js';
import type { Schema } from '../schema.js';
import { openSqliteWriter } from '../sqlite-data-sources.js';
import { MoveError } from './move-error.js';
import { MoveSource } from './move-source.js';
import { MoveTarget } from './move-target.js';
import type { MovedTable } from './moved-table.js';
import type { MoveMark } from './refusals.js';
import type { TableDigest } from './table-digest.js';

export interface Move {
  schema: Schema;
  /** `sqlite:<path>` */
  from: string;
  /** `postgres://…` */
  to: string;
}

/** What a table holds here and there. */
export interface ComparedTable {
  name: string;
  source: TableDigest;
  target: TableDigest;
}

/** Hears how far a table has come. */
export type Progress = (table: string, rows: number, total: number) => void;

/** What a move would find. */
export interface Preview {
  tables: { name: string; rows: number }[];
  /** What keeps it from being done. */
  obstacles: string[];
}

/** Rows that are stored at a time. */
const BATCH = 2_000;

/**
 * Moves a service's rows from SQLite to PostgreSQL and compares both. In this order, so that it can be interrupted
 * anywhere and run again:
 *
 * 1. Both databases get the newest schema.
 * 2. The source is frozen: whoever uses it cannot write any more, and a service does not start on it.
 * 3. The target notes the move; until it is finished, a service does not start on it.
 * 4. Rows are copied in the order of their keys; each batch commits together with how far the table has come.
 * 5. Rows and checksums of all tables are compared.
 * 6. The source is marked as moved; then the target forgets the move and can be used.
 *
 * @returns the tables as they are here and there; nothing when the move was finished earlier
 * @throws MoveError when it cannot be begun, cannot go on, or both are not equal in the end
 */
export const moveData = (move: Move, progress: Progress = () => undefined): Promise<ComparedTable[] | undefined> =>
  withBoth(move, async (source, target) => {
    const mark = await begin(move, source, target);
    if (!mark) return undefined;
    for (const table of source.tables) await copy(table, source, target, progress);
    const compared = await compare(source, target);
    requireEqual(compared);
    source.finish();
    await target.end();
    return compared;
  });

/** Compares what both hold, and changes nothing. */
export const compareData = (move: Move): Promise<ComparedTable[]> => withBoth(move, compare);

/** Looks whether rows can be moved, and changes nothing. */
export const previewMove = (move: Move): Promise<Preview> =>
  withBoth(move, async (source, target) => ({
    tables: source.tables.map((table) => ({ name: table.name, rows: source.count(table) })),
    obstacles: await obstaclesOf(move, source, target),
  }));

/** Lets services write to the source again. What was written to the target meanwhile is not in it. */
export async function releaseSource({ schema, from }: Omit<Move, 'to'>): Promise<void> {
  const source = await MoveSource.open(from, schema);
  source.release();
  source.close();
}

async function withBoth<T>(
  { schema, from, to }: Move,
  work: (source: MoveSource, target: MoveTarget) => Promise<T>,
): Promise<T> {
  const source = await MoveSource.open(from, schema);
  try {
    const target = await MoveTarget.open(to);
    return await work(source, target).finally(() => target.close());
  } finally {
    source.close();
  }
}

/** @returns the mark of the move that is begun or goes on; nothing when it was finished earlier */
async function begin(move: Move, source: MoveSource, target: MoveTarget): Promise<MoveMark | undefined> {
  const mark = source.mark();
  if (!mark) await (await openSqliteWriter(move.from, move.schema)).destroy();
  const [obstacle] = await obstaclesOf(move, source, target);
  if (obstacle) throw new MoveError(obstacle);
  const goesOn = (await target.moveId()) !== undefined;
  if (mark?.finishedAt && !goesOn) return undefined;
  if (goesOn) return mark;
  await (await openPostgresWriter(move.to, move.schema, {})).destroy();
  const begun = mark ?? source.freeze(withoutPassword(move.to));
  await target.begin(begun.id, source.tables);
  return begun;
}

async function obstaclesOf({ to }: Move, source: MoveSource, target: MoveTarget): Promise<string[]> {
  const mark = source.mark();
  const moveId = await target.moveId();
  if (mark && mark.target !== withoutPassword(to)) {
    return [`The source moves to ${mark.target} already: give that with --to, or undo it with --release.`];
  }
  if (moveId && moveId !== mark?.id) {
    return [
      'The target has part of a copy that was begun when the source was another: make the target anew ' +
        '(DROP DATABASE, CREATE DATABASE), then begin again.',
    ];
  }
  if (moveId || mark?.finishedAt) return [];
  const filled = await target.filled(source.tables);
  return [
    ...source.withNul().map((column) => `${column} holds the character U+0000, which PostgreSQL cannot store.`),
    ...(filled.length > 0 ? [`The target has rows already, in ${filled.join(', ')}: take an empty database.`] : []),
  ];
}

async function copy(table: MovedTable, source: MoveSource, target: MoveTarget, progress: Progress): Promise<void> {
  const total = source.count(table);
  let { after, rows: done } = await target.progress(table);
  for (let rows; (rows = source.rowsAfter(table, after, BATCH)).length > 0;) {
    const last = rows.at(-1)!;
    after = table.key.map((column) => last[table.columns.indexOf(column)]!);
    done += rows.length;
    await target.append(table, rows, { after, rows: done }).catch((cause: Error) => {
      throw new MoveError(`${table.name}: ${cause.message}`, { cause });
    });
    progress(table.name, done, total);
  }
  await target.countOn(table);
}

async function compare(source: MoveSource, target: MoveTarget): Promise<ComparedTable[]> {
  const compared: ComparedTable[] = [];
  for (const table of source.tables) {
    compared.push({ name: table.name, source: source.digest(table), target: await target.digest(table) });
  }
  return compared;
}

/** Whether a table holds the same rows here and there. */
export const isEqual = ({ source, target }: ComparedTable): boolean =>
  source.rows === target.rows && source.checksum === target.checksum;

function requireEqual(compared: ComparedTable[]): void {
  if (!compared.every(isEqual)) throw new DifferentTablesError(compared);
}

/** Both databases are not equal after the copy. */
export class DifferentTablesError extends MoveError {
  constructor(readonly compared: ComparedTable[]) {
    const names = compared.filter((table) => !isEqual(table)).map(({ name }) => name);
    super(
      `Source and target differ in ${names.join(', ')}: somebody wrote to the target meanwhile. ` +
        'Make the target anew (DROP DATABASE, CREATE DATABASE), undo with --release, then begin again.',
    );
  }
}
