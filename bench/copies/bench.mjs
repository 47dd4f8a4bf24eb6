// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { build } from '../../scripts/lib/build.mjs';
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { Arena } from './arena.mjs';
import { Ledger } from '../lib/ledger.mjs';
import { Load } from '../lib/load.mjs';
import { printTable } from './report.mjs';
import { Tally } from '../lib/tally.mjs';
import { createPosts, settle } from '../lib/read-model.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { BenchOptions } from './options.mjs' */
/** @typedef {{ root: string, terminal: Terminal, signal: AbortSignal }} BenchContext */

/**
 * One row of the table: what is done to the copies while the load goes on.
 * @typedef {object} Phase
 * @property {string} name
 * @property {boolean} [killing]
 * @property {(arena: Arena, over: AbortSignal, signal: AbortSignal) => Promise<void>} [before] done before the row is
 *   measured, under load as well
 * @property {(arena: Arena, over: AbortSignal, signal: AbortSignal) => Promise<void>} [meanwhile] done until the row is over
 */

/** @type {Phase[]} */
const phases = [
  { name: '1 copy', before: warmUp },
  { name: '2 copies', before: (arena, _, signal) => arena.add(signal) },
  { name: '3 copies', before: (arena, _, signal) => arena.add(signal) },
  { name: '3, killed in turn', killing: true, meanwhile: killInTurn },
  { name: '3, leaving in turn', meanwhile: leaveInTurn },
];

/**
 * Runs the bench and prints its table.
 * @param {BenchOptions} options
 * @param {BenchContext} context
 * @returns {Promise<string[]>} what must not have happened, but did
 */
export async function benchCopies(options, context) {
  const { terminal, signal } = context;
  await build(context);
  const arena = new Arena(options, context);
  try {
    const starting = terminal.step('Starting RabbitMQ and the system');
    await arena.start(signal).finally(() => starting.drop());
    const ledger = new Ledger();
    const tallies = await putUnderLoad(arena, ledger, options, context);
    const faults = await settle({ url: arena.url, managementUrl: arena.rabbit.managementUrl }, ledger, context);
    printTable(
      terminal,
      tallies,
      arena.copies.map(({ label }) => label),
      ledger.entries.size,
      faults,
    );
    const failures = tallies.flatMap(({ name, tally }) => tally.failures.map((text) => `${name}: ${text}`));
    return [...summary(failures), ...faults];
  } finally {
    const stopping = terminal.step('Stopping');
    await arena.stop().finally(() => stopping.drop());
  }
}

/**
 * @param {Arena} arena
 * @param {Ledger} ledger
 * @param {BenchOptions} options
 * @param {BenchContext} context
 */
async function putUnderLoad(arena, ledger, { seconds, clients }, { terminal, signal }) {
  const postIds = await createPosts(arena.url);
  // What happens between two rows, while copies are added, must not fail either.
  let tally = new Tally(arena.answered, { killing: false });
  const between = tally;
  const load = new Load(arena.url, postIds, ledger, (outcome) => tally.add(outcome));
  load.start(clients);
  const rows = [];
  try {
    for (const { name, killing = false, before, meanwhile } of phases) {
      const step = terminal.step(name);
      const over = new AbortController();
      await before?.(arena, over.signal, signal);
      tally = new Tally(arena.answered, { killing });
      const doing = meanwhile?.(arena, over.signal, signal);
      await delay(seconds * 1000, undefined, { signal });
      over.abort();
      // A copy that was just taken away comes back before the row is over.
      await doing;
      tally.end();
      const ended = tally;
      tally = between;
      rows.push({ name, tally: ended, copies: arena.copies.length });
      step.done(`${name}: ${Math.round(ended.requestsPerSecond)} requests/s`);
    }
  } finally {
    await load.stop();
  }
  return [...rows, { name: 'in between', tally: between, copies: 0 }];
}

/** @param {Arena} _ @param {AbortSignal} __ @param {AbortSignal} signal */
async function warmUp(_, __, signal) {
  await delay(3000, undefined, { signal });
}

/**
 * Kills one copy after the other; each is started again by itself.
 * @param {Arena} arena
 * @param {AbortSignal} over
 * @param {AbortSignal} signal
 */
async function killInTurn(arena, over, signal) {
  for await (const copy of inTurn(arena, over)) {
    const { pid } = copy;
    copy.signal('SIGKILL');
    await waitFor(() => copy.pid !== undefined && copy.pid !== pid, { timeoutMs: 60_000, signal });
    await arena.ready(copy, signal);
  }
}

/**
 * Asks one copy after the other to leave, and starts it again when it has left.
 * @param {Arena} arena
 * @param {AbortSignal} over
 * @param {AbortSignal} signal
 */
async function leaveInTurn(arena, over, signal) {
  for await (const copy of inTurn(arena, over)) {
    await copy.stop(30_000, 'SIGTERM');
    copy.start();
    await arena.ready(copy, signal);
  }
}

/** The copies, again and again, until the row is over. @param {Arena} arena @param {AbortSignal} over */
async function* inTurn({ copies }, over) {
  for (let turn = 0; !over.aborted; turn += 1) {
    yield /** @type {(typeof copies)[number]} */ (copies[turn % copies.length]);
    // Back to three for a moment.
    await delay(500, undefined, { signal: over }).catch(() => {});
  }
}

/** @param {string[]} failures */
function summary(failures) {
  const [first] = failures;
  if (first === undefined) return [];
  return [`${failures.length} requests failed that must not have; the first: ${first}`];
}
