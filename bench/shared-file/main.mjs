// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const HELP = `npm run bench:shared-file -- [options]

One, two and three processes write to one SQLite file, each as fast as it can, through the unit of work that the services
use.

  --seconds <n>   how long each round lasts (default 10)
  --clients <n>   how many units each process keeps under way (default 50)
  --dir <folder>  where to put the file (default: the system's folder for temporary files)
  --help

What it prints: commits a second of all processes and of each; the fastest over the slowest; the total compared with one
process alone; how long a unit waited for its commit, of the process that waited longest.
`;

/** @typedef {{ commits: number, p50: number, p99: number, longest: number, failed: number }} Result */

/**
 * @param {string[]} args
 */
export async function main(args) {
  const options = {
    seconds: { type: /** @type {const} */ ('string'), default: '10' },
    clients: { type: /** @type {const} */ ('string'), default: '50' },
    dir: { type: /** @type {const} */ ('string'), default: tmpdir() },
    help: { type: /** @type {const} */ ('boolean'), default: false },
  };
  const { values } = parse(args, options);
  if (values.help) return void process.stdout.write(HELP);
  const [seconds, clients] = [number('seconds', values.seconds), number('clients', values.clients)];
  print(`${availableParallelism()} cores, ${seconds} s a round, ${clients} units at once in each process\n`);
  print('processes  commits/s  of each               fastest:slowest  of one alone  p50 ms  p99 ms  longest ms');
  let alone = 0;
  for (const count of [1, 2, 3]) {
    const results = await round(values.dir, count, seconds, clients);
    const rates = results.map(({ commits }) => Math.round(commits / seconds));
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    alone ||= total;
    print(row(rates, total, alone, results));
  }
}

/**
 * @template {import('node:util').ParseArgsConfig['options']} O
 * @param {string[]} args
 * @param {O} options
 */
function parse(args, options) {
  try {
    return parseArgs({ args, options });
  } catch (error) {
    return fail(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function number(name, text) {
  const value = Number(text);
  return Number.isInteger(value) && value > 0
    ? value
    : fail(`--${name} must be a whole number from 1 on, not '${text}'`);
}

/**
 * @param {string} problem
 * @returns {never}
 */
function fail(problem) {
  process.stderr.write(`${problem}\nnpm run bench:shared-file -- --help\n`);
  process.exit(2);
}

/**
 * Lets `count` processes write at the same time.
 * @param {string} parent
 * @param {number} count
 * @param {number} seconds
 * @param {number} clients
 * @returns {Promise<Result[]>}
 */
async function round(parent, count, seconds, clients) {
  const dir = await mkdtemp(join(parent, 'parley-shared-file-'));
  try {
    const workers = Array.from({ length: count }, () =>
      fork(new URL('worker.mjs', import.meta.url), [
        `sqlite:${join(dir, 'shared.db')}`,
        String(seconds),
        String(clients),
      ]),
    );
    await Promise.all(workers.map(message));
    for (const worker of workers) worker.send('go');
    return /** @type {Result[]} */ (await Promise.all(workers.map(message)));
  } finally {
    await rm(dir, { recursive: true });
  }
}

/**
 * @param {import('node:child_process').ChildProcess} worker
 * @returns {Promise<unknown>} what it says next
 */
async function message(worker) {
  const ended = once(worker, 'exit').then(([code]) => {
    if (code !== 0) fail('a process failed; are the services built (npm run build:services)?');
  });
  return (await Promise.race([once(worker, 'message'), ended]))?.[0];
}

/**
 * @param {number[]} rates
 * @param {number} total
 * @param {number} alone
 * @param {Result[]} results
 */
function row(rates, total, alone, results) {
  const most = (/** @type {'p50' | 'p99' | 'longest'} */ key) => Math.max(...results.map((one) => one[key])).toFixed(0);
  const failed = results.reduce((sum, one) => sum + one.failed, 0);
  return [
    String(rates.length).padEnd(9),
    String(total).padStart(9),
    rates.join(' ').padEnd(20),
    `${(Math.max(...rates) / Math.min(...rates)).toFixed(2)}:1`.padStart(15),
    `${Math.round((100 * total) / alone)} %`.padStart(12),
    most('p50').padStart(6),
    most('p99').padStart(6),
    most('longest').padStart(10),
    failed > 0 ? `${failed} units failed` : '',
  ].join('  ');
}

/** @param {string} line */
const print = (line) => process.stdout.write(`${line}\n`);
