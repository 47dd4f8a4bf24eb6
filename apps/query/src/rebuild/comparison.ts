import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Position, ProjectedTable, ReadModelFile } from './read-model-file.js';
import { RebuildError } from './rebuild-error.js';

/** What a table holds: equal exactly when it holds the same rows. */
export interface TableDigest {
  rows: number;
  /** SHA-256 over all rows in the order of their keys, in hex. */
  checksum: string;
}

/** A row that only one of the two has, or that they have differently. */
export interface RowDifference {
  key: string | number;
  kind: 'changed' | 'missing' | 'surplus';
}

export interface TableComparison {
  table: string;
  running: TableDigest;
  rebuilt: TableDigest;
  /** How many rows differ. */
  differing: number;
  /** The first of them. */
  differences: RowDifference[];
}

/** Two read models that stand at the same event, row by row. */
export interface Comparison {
  position: Position;
  tables: TableComparison[];
}

export const isEqual = ({ tables }: Comparison): boolean => tables.every(({ differing }) => differing === 0);

/** How many of the rows that differ are named. */
const NAMED = 5;
/** After so many rows, others have their turn: the connection to RabbitMQ has heartbeats to answer. */
const ROWS_A_TURN = 2_000;

type Key = string | number;
type Row = unknown[];

/**
 * Compares all that two read models hold.
 *
 * @param running one that sees a snapshot
 * @param rebuilt one that nobody writes to meanwhile
 * @throws RebuildError when they stand at different events, or come from different versions of query
 */
export async function compare(running: ReadModelFile, rebuilt: ReadModelFile): Promise<Comparison> {
  const position = running.position();
  const other = rebuilt.position();
  if (position.offset !== other.offset || position.eventId !== other.eventId)
    throw new RebuildError(`the read models stand at different events: offsets ${position.offset} and ${other.offset}`);
  if (running.migrations().join() !== rebuilt.migrations().join())
    throw new RebuildError('the running read model has other tables: run the command in the version that serves it');
  const tables: TableComparison[] = [];
  for (const table of rebuilt.tables())
    tables.push(await compareTable(table, running.rows(table), rebuilt.rows(table)));
  return { position, tables };
}

/** Walks through both in the order of their keys. */
async function compareTable(
  { name, columns, key }: ProjectedTable,
  runningRows: Iterator<Row>,
  rebuiltRows: Iterator<Row>,
): Promise<TableComparison> {
  const keyAt = columns.indexOf(key);
  const running = new Side(runningRows, keyAt);
  const rebuilt = new Side(rebuiltRows, keyAt);
  const found: TableComparison = { table: name, differing: 0, differences: [] } as never;
  for (let step = 1; running.row ?? rebuilt.row; step++) {
    const difference = differenceOf(running, rebuilt);
    if (difference && ++found.differing <= NAMED) found.differences.push(difference);
    const order = orderOf(running, rebuilt);
    if (order <= 0) running.next();
    if (order >= 0) rebuilt.next();
    if (step % ROWS_A_TURN === 0) await turn();
  }
  return { ...found, running: running.digest(), rebuilt: rebuilt.digest() };
}

function differenceOf(running: Side, rebuilt: Side): RowDifference | undefined {
  const order = orderOf(running, rebuilt);
  if (order < 0) return { key: running.key!, kind: 'surplus' };
  if (order > 0) return { key: rebuilt.key!, kind: 'missing' };
  return running.text === rebuilt.text ? undefined : { key: running.key!, kind: 'changed' };
}

/** Which of the two has the lower key and is to be looked at first: negative, the running one; 0, both. */
function orderOf({ key: a }: Side, { key: b }: Side): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  return b === undefined || a < b ? -1 : 1;
}

/** The rows of one of the two, one at a time, summed up as they go by. */
class Side {
  row: Row | undefined;
  text = '';
  private rows = 0;
  private readonly hash = createHash('sha256');

  constructor(
    private readonly all: Iterator<Row>,
    private readonly keyAt: number,
  ) {
    this.next();
  }

  get key(): Key | undefined {
    return this.row?.[this.keyAt] as Key | undefined;
  }

  next(): void {
    const { value, done } = this.all.next() as IteratorResult<Row, undefined>;
    this.row = done ? undefined : value;
    if (!this.row) return;
    this.text = JSON.stringify(this.row);
    this.rows += 1;
    this.hash.update(`${this.text}\n`);
  }

  digest(): TableDigest {
    return { rows: this.rows, checksum: this.hash.digest('hex') };
  }
}
