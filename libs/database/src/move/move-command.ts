import { withoutPassword } from '../database-url.js';
import type { Schema } from '../schema.js';
import {
  type ComparedTable,
  compareData,
  DifferentTablesError,
  isEqual,
  type Move,
  moveData,
  previewMove,
  type Progress,
  releaseSource,
} from './move-data.js';
import { MoveError } from './move-error.js';
import { readMoveOptions } from './move-options.js';

/** The shortest time between two lines of progress, in milliseconds. */
const PROGRESS_PAUSE = 2_000;

/** See `runMoveCommand`. */
export async function moveCommand(schema: Schema, args: string[]): Promise<void> {
  try {
    await carryOut(schema, args);
  } catch (error) {
    if (error instanceof DifferentTablesError) say(tableOf(error.compared));
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (!(error instanceof MoveError)) process.stderr.write('Nothing is lost; run the same command again to go on.\n');
    process.exitCode = 1;
  }
}

async function carryOut(schema: Schema, args: string[]): Promise<void> {
  const { action, from, to = '' } = readMoveOptions(args, process.env);
  const move: Move = { schema, from, to };
  if (action === 'release') {
    await releaseSource(move);
    return say(`${from} can be written to again.`);
  }
  if (action === 'preview') return preview(move);
  if (action === 'compare') return compare(move);
  const compared = await moveData(move, printer());
  if (!compared) return say(`The data was moved to ${withoutPassword(to)} earlier.`);
  say(tableOf(compared));
  say(`Moved. Start the service with DATABASE_URL=${withoutPassword(to)}; it does not start on the file any more.`);
}

async function preview(move: Move): Promise<void> {
  const { tables, obstacles } = await previewMove(move);
  say(layOut([['table', 'rows'], ...tables.map(({ name, rows }) => [name, count(rows)])]));
  if (obstacles.length > 0) throw new MoveError(obstacles.join('\n'));
  say('Nothing was changed; the data can be moved.');
}

async function compare(move: Move): Promise<void> {
  const compared = await compareData(move);
  say(tableOf(compared));
  const different = compared.filter((table) => !isEqual(table)).map(({ name }) => name);
  if (different.length > 0) throw new MoveError(`Source and target differ in ${different.join(', ')}.`);
  say('Source and target hold the same.');
}

/** Says now and then how far it has come. */
function printer(): Progress {
  let last = Date.now();
  return (table, rows, total) => {
    if (Date.now() - last < PROGRESS_PAUSE) return;
    last = Date.now();
    say(`${table}: ${count(rows)} of ${count(total)} rows`);
  };
}

const tableOf = (compared: ComparedTable[]): string =>
  layOut([
    ['table', 'source', 'target', 'SHA-256 source', 'SHA-256 target', ''],
    ...compared.map((table) => [
      table.name,
      count(table.source.rows),
      count(table.target.rows),
      table.source.checksum.slice(0, 12),
      table.target.checksum.slice(0, 12),
      isEqual(table) ? 'equal' : 'DIFFERENT',
    ]),
  ]);

function layOut(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const count = (rows: number): string => rows.toLocaleString('en');

const say = (text: string): void => void process.stdout.write(`${text}\n`);
