// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateBroker } from '../../scripts/lib/broker.mjs';
import { build } from '../../scripts/lib/build.mjs';
import { UserError } from '../../scripts/lib/errors.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { startSystem } from '../../scripts/lib/system.mjs';
import { Ledger } from '../lib/ledger.mjs';
import { createPosts, settle } from '../lib/read-model.mjs';
import { Clients } from './clients.mjs';
import { countOf, printTable, watched } from './report.mjs';
import { Watch } from './watch.mjs';

/** @import { System } from '../../scripts/lib/system.mjs' */
/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { OverloadOptions } from './options.mjs' */
/** @import { Row } from './report.mjs' */
/** @typedef {{ root: string, terminal: Terminal, signal: AbortSignal }} Context */

const multiples = [1, 4, 10];
const warmUpSeconds = 3;
const atOnce = 64;

/**
 * Runs the bench and prints its table.
 * @param {OverloadOptions} options
 * @param {Context} context
 * @returns {Promise<string[]>} what must not have happened, but did
 */
export async function benchOverload(options, context) {
  if (process.platform !== 'linux') throw new UserError('bench:overload needs /proc, so it runs on Linux only.');
  const { terminal, signal } = context;
  await build(context);
  const dir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const broker = await startPrivateBroker({ dir: join(dir, 'rabbitmq'), signal, statisticsIntervalMs: 1000 });
    try {
      const system = await start(dir, broker.url, options, context);
      try {
        const ledger = new Ledger();
        const rows = await measure(system, ledger, options, context);
        const faults = await settle(
          { url: system.url('gateway'), managementUrl: broker.managementUrl },
          ledger,
          context,
        );
        printTable(terminal, rows, faults, ledger.entries.size);
        return [...violations(rows), ...faults];
      } finally {
        await system.stop();
      }
    } finally {
      await broker.close({ force: true });
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** @param {string} dir @param {string} rabbitmqUrl @param {OverloadOptions} options @param {Context} context */
async function start(dir, rabbitmqUrl, { verbose }, { root, terminal, signal }) {
  const [gateway = 0, posts = 0, comments = 0, query = 0, moderation = 0] = await freePorts(5);
  const step = terminal.step('Starting the system');
  return startSystem({
    root,
    ports: { gateway, posts, comments, query, moderation },
    dataDir: join(dir, 'data'),
    rabbitmqUrl,
    env: { ...process.env, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
    // One that dies stays dead: that is found.
    restart: false,
    signal,
    ...(verbose && { onLine: (label, line) => terminal.line(`${label} | ${line}`) }),
  }).finally(() => step.drop());
}

/** @param {System} system @param {Ledger} ledger @param {OverloadOptions} options @param {Context} context */
async function measure(system, ledger, { seconds, connections }, { terminal, signal }) {
  const url = system.url('gateway');
  const clients = new Clients(url, await createPosts(url), ledger, connections);
  await clients.closed(atOnce, warmUpSeconds);
  const capacity = countOf(await clients.closed(atOnce, seconds), 'accepted') / seconds;
  terminal.line(`    capacity: ${Math.round(capacity)} requests/s, ${atOnce} at a time`);
  /** @type {Row[]} */
  const rows = [];
  for (const multiple of multiples) {
    const name = `${multiple} × capacity`;
    const step = terminal.step(name);
    const watch = new Watch(watched.map((label) => system.process(label)));
    const outcomes = await clients.open(capacity * multiple, seconds, signal);
    await watch.stop();
    rows.push({ name, seconds, outcomes, watch });
    step.done();
  }
  await clients.pool.close();
  return rows;
}

/** @param {Row[]} rows */
function violations(rows) {
  const found = rows.flatMap(({ watch }) => watch.failures);
  for (const { name, outcomes } of rows) {
    const failed = outcomes.filter(({ kind }) => kind === 'failed');
    if (failed.length > 0) found.push(`${name}: ${failed.length} requests failed; the first: ${failed[0]?.problem}`);
    if (countOf(outcomes, 'accepted') === 0) found.push(`${name}: no request was answered well`);
  }
  for (const label of watched) {
    const [first = 0, last = 0] = [rows.at(0), rows.at(-1)].map((row) => row?.watch.peak.get(label));
    if (last > 2 * first + 200) {
      found.push(`${label} grew from ${first.toFixed(0)} to ${last.toFixed(0)} MB under overload`);
    }
  }
  return found;
}
