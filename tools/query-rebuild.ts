import 'reflect-metadata';
import { EnvironmentError, parseEnv, serviceEnv } from '#service';
import { sqliteFileOf } from '#database';
import {
  checkReadModel,
  type CheckOutcome,
  RebuildError,
  rebuildReadModel,
  type RebuildOptions,
  type ReplayProgress,
  removeScratchAtSignals,
  rollBackReadModel,
  type SwapOutcome,
  type TableComparison,
} from '../apps/query/src/rebuild/index.js';
import { explain, parseOptions, print, UsageError } from './lib/command-line.js';

const help = `Builds query's read model anew from the event log, while query serves or stands still.

  npm run query:rebuild                  build a second read model, compare the two, and swap them when they are equal
  npm run query:rebuild -- --check       build and compare, and change nothing
  npm run query:rebuild -- --accept      swap although they differ
  npm run query:rebuild -- --rollback    put back what the last swap replaced, with all that happened since
  npm run query:rebuild -- --from FILE   begin with a snapshot (npm run query:snapshot), not with the log's first event
  npm run query:rebuild -- --help        this text

DATABASE_URL says which read model: the one of a running copy of query (sqlite:.data/query.db when it is not set).
RABBITMQ_URL says where the event log is (amqp://localhost:5672 when it is not set).

Exit code 0: they are equal, or were swapped. 1: they differ, and nothing was swapped. 2: it could not be done.
It can be interrupted and repeated at any time: what serves changes in one step, or not at all.`;

const options = {
  check: { type: 'boolean' },
  accept: { type: 'boolean' },
  rollback: { type: 'boolean' },
  from: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function main(args: string[]): Promise<void> {
  const { check, accept, rollback, from, help: wantsHelp } = parseOptions(args, options);
  if (wantsHelp) return print(help);
  if ([check, accept, rollback].filter(Boolean).length > 1)
    throw new UsageError('say one of --check, --accept, --rollback');
  if (rollback && from) throw new UsageError('--rollback begins with what the last swap replaced: leave --from out');
  const env = parseEnv(serviceEnv('query'), process.env);
  removeScratchAtSignals(sqliteFileOf(env.DATABASE_URL));
  const given: RebuildOptions = { env, from, onProgress: progressPrinter() };
  if (rollback) return printSwap(await rollBackReadModel(given));
  const outcome: CheckOutcome & { swap?: SwapOutcome } = check
    ? await checkReadModel(given)
    : await rebuildReadModel({ ...given, accept: accept === true });
  printComparison(outcome);
  if (outcome.swap) return printSwap(outcome.swap);
  if (outcome.equal) return;
  print(check ? 'They differ.' : 'They differ: nothing was swapped. --accept swaps nevertheless.');
  process.exitCode = 1;
}

/** Says every second how far it is. */
function progressPrinter(): (progress: ReplayProgress) => void {
  const began = Date.now();
  let printedAt = began;
  return ({ read, of }) => {
    const now = Date.now();
    if (now - printedAt < 1_000) return;
    printedAt = now;
    print(`read ${read} of ${of} events, ${Math.round((read * 1_000) / (now - began))}/s`);
  };
}

function printComparison({ position, tables, leftOut }: CheckOutcome): void {
  for (const { offset, error } of leftOut) print(`left out: the event at offset ${offset}, ${error}`);
  print(`Both stand at offset ${position.offset} of the event log.`);
  for (const table of tables) printTable(table);
}

function printTable({ table, running, rebuilt, differing, differences }: TableComparison): void {
  const line = (label: string, { rows, checksum }: { rows: number; checksum: string }) =>
    print(`${table.padEnd(10)} ${label.padEnd(8)} ${String(rows).padStart(9)} rows  ${checksum.slice(0, 16)}`);
  if (differing === 0) return line('equal', running);
  line('running', running);
  line('rebuilt', rebuilt);
  print(`${' '.repeat(11)}${differing} differ: ${differences.map(({ key, kind }) => `${key} (${kind})`).join(', ')}`);
}

const printSwap = ({ position, heldUpFor, previous }: SwapOutcome): void =>
  print(
    `Swapped at offset ${position.offset}; projecting stood still for ${heldUpFor} ms. Before: ${previous} (--rollback)`,
  );

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`query:rebuild: ${explain(error, RebuildError, EnvironmentError)}\n`);
  process.exitCode = 2;
});
