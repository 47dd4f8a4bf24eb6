// @ts-check
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { startPrivateBroker } from '../scripts/lib/broker.mjs';
import { freePorts } from '../scripts/lib/ports.mjs';
import { startSystem } from '../scripts/lib/system.mjs';
import { table } from '../scripts/lib/table.mjs';
import { waitFor } from '../scripts/lib/wait-for.mjs';

/** @import { System } from '../scripts/lib/system.mjs' */
/** @typedef {Record<string, number>} Figures by process or directory */
/** @typedef {{ milliseconds: number, cpu: Figures }} Cost what one thing costs */

const help = `What a comment and a page cost: processor time by process, bytes by database and log. Plans of capacity start here.

  npm run bench:capacity                        5,000 comments, 5,000 pages
  npm run bench:capacity -- --comments 20000    more of them
  npm run bench:capacity -- --clients 32        how many requests at once

Processor time is counted, not clock time, so the figures hold on a busy machine, too; only the last column of the
first table (requests per second) depends on what else runs. Linux only. Starts a RabbitMQ and a system of its own.`;

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string[]} args */
function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      comments: { type: 'string', default: '5000' },
      clients: { type: 'string', default: '32' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [comments, clients] = [Number(values.comments), Number(values.clients)];
  if (!(comments >= 100 && clients >= 1)) throw new Error('--comments takes 100 or more, --clients 1 or more');
  return { comments, clients, help: values.help };
}

/** The system under test, with its figures. */
class Subject {
  /**
   * @param {System} system
   * @param {number | undefined} brokerPid
   * @param {string} dir
   * @param {number} clients
   */
  constructor(system, brokerPid, dir, clients) {
    this.system = system;
    this.brokerPid = brokerPid;
    this.dir = dir;
    this.clients = clients;
    this.pool = new Pool(system.url('gateway'), { connections: clients });
  }

  /** @param {string} path @param {object} body @returns {Promise<any>} */
  async post(path, body) {
    const headers = { 'content-type': 'application/json' };
    const answer = await this.pool.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
    if (answer.statusCode !== 201) throw new Error(`POST ${path}: ${answer.statusCode} ${await answer.body.text()}`);
    return answer.body.json();
  }

  /** @param {string} path @returns {Promise<any>} */
  async get(path) {
    const answer = await this.pool.request({ method: 'GET', path });
    if (answer.statusCode !== 200) throw new Error(`GET ${path}: ${answer.statusCode} ${await answer.body.text()}`);
    return answer.body.json();
  }

  /**
   * Does `one` so many times, by all clients at once.
   * @param {number} count
   * @param {(index: number) => Promise<unknown>} one
   */
  async all(count, one) {
    let next = 0;
    const client = async () => {
      while (next < count) await one(next++);
    };
    await Promise.all(Array.from({ length: this.clients }, client));
  }

  /**
   * @param {number} count
   * @param {() => Promise<unknown>} work
   * @returns {Promise<Cost>} of one of `count`
   */
  async costOf(count, work) {
    const [before, since] = [await this.cpu(), performance.now()];
    await work();
    const [after, milliseconds] = [await this.cpu(), performance.now() - since];
    const each = Object.entries(after).map(([name, used]) => [name, (used - (before[name] ?? 0)) / count]);
    return { milliseconds: milliseconds / count, cpu: Object.fromEntries(each) };
  }

  /** Processor time used so far, in milliseconds, by process. @returns {Promise<Figures>} */
  async cpu() {
    const pids = [
      ...this.system.processes.map(({ label, pid }) => ({ label, pid })),
      { label: 'RabbitMQ', pid: this.brokerPid },
    ];
    const used = await Promise.all(pids.map(async ({ label, pid }) => [label, await cpuOfGroup(Number(pid))]));
    return Object.fromEntries(used);
  }

  /** Resident memory now, in MB, by process. @returns {Promise<Figures>} */
  async memory() {
    const all = await Promise.all(
      this.system.processes.map(async ({ label, pid }) => {
        const status = await readFile(`/proc/${pid}/status`, 'utf8');
        return [label, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024];
      }),
    );
    return Object.fromEntries(all);
  }

  /** Bytes on the disk. @returns {Promise<Figures>} */
  async bytes() {
    const databases = this.system.processes.flatMap(({ label, databaseUrl }) =>
      databaseUrl ? [{ label, database: databaseUrl.replace('sqlite:', '') }] : [],
    );
    const sizes = await Promise.all(
      databases.map(async ({ label, database }) => [
        label,
        (await sizeOf(database)) + (await sizeOf(`${database}-wal`)),
      ]),
    );
    return { ...Object.fromEntries(sizes), 'event log': await sizeOfTree(join(this.dir, 'rabbitmq'), /\/stream\//) };
  }
}

/** User and system time of a process and of those it started, in milliseconds. @param {number} leader */
async function cpuOfGroup(leader) {
  let ticks = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[2]) === leader) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}

/** @param {string} file */
const sizeOf = (file) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

/** @param {string} dir @param {RegExp} which */
async function sizeOfTree(dir, which) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const sizes = await Promise.all(files.filter((file) => which.test(file)).map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const text = 'A comment of ordinary length: a sentence or two about what was said, no more than that, and a name.';

/**
 * @param {Subject} subject
 * @param {number} count
 */
async function measure(subject, count) {
  const posts = await Promise.all(
    Array.from({ length: 50 }, (_, n) => subject.post('/api/posts', { title: `Post ${n}` })),
  );
  const path = (/** @type {number} */ n) => `/api/posts/${posts[n % posts.length].id}/comments`;
  const write = (/** @type {number} */ many, /** @type {string} */ round) => async () => {
    const ids = new Set();
    await subject.all(many, async (n) =>
      ids.add((await subject.post(path(n), { content: `${text} ${round}${n}` })).id),
    );
    await settled(subject, path(many - 1), ids);
  };
  say('warming up');
  await write(Math.ceil(count / 5), 'a')();
  const before = await subject.bytes();
  say(`${count} comments, until each is judged and shown`);
  const comment = await subject.costOf(count, write(count, 'b'));
  const after = await subject.bytes();
  say(`${count} pages of the feed`);
  const page = await subject.costOf(count, () => subject.all(count, () => subject.get('/api/posts?limit=20')));
  const bytes = Object.fromEntries(
    Object.entries(after).map(([name, size]) => [name, (size - (before[name] ?? 0)) / count]),
  );
  return { comment, page, bytes, memory: await subject.memory() };
}

/**
 * Waits until the comments of the last post are judged and shown. The log is applied in order, so little is on its way
 * then; looking at every post would add to what is measured.
 * @param {Subject} subject @param {string} path @param {Set<unknown>} ids
 */
async function settled(subject, path, ids) {
  const done = await waitFor(
    async () => {
      const shown = await subject.get(path);
      return shown
        .filter((/** @type {any} */ one) => ids.has(one.id))
        .every((/** @type {any} */ one) => one.status !== 'pending');
    },
    { timeoutMs: 120_000, everyMs: 100 },
  );
  if (!done) throw new Error('some comments are still pending after two minutes');
}

/** @param {Awaited<ReturnType<typeof measure>>} figures */
function report({ comment, page, bytes, memory }) {
  const names = Object.keys(comment.cpu);
  const row = (/** @type {string} */ title, /** @type {Cost} */ { cpu, milliseconds }) => [
    title,
    ...names.map((name) => (cpu[name] ?? 0).toFixed(2)),
    Object.values(cpu)
      .reduce((sum, one) => sum + one, 0)
      .toFixed(2),
    (1000 / milliseconds).toFixed(0),
  ];
  say('\nProcessor time in milliseconds, and requests per second here:');
  print([
    ['', ...names, 'all', 'per second'],
    row('one comment, judged and shown', comment),
    row('one page of 20 posts', page),
  ]);
  say('\nBytes on the disk for one comment:');
  print([Object.keys(bytes), Object.values(bytes).map((each) => each.toFixed(0))]);
  say('\nMemory of each process now, in MB:');
  print([Object.keys(memory), Object.values(memory).map((each) => each.toFixed(0))]);
}

/** @param {string[][]} rows */
const print = (rows) => table(rows).forEach(say);
/** @param {string} line */
const say = (line) => console.log(line);

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(help);
  if (process.platform !== 'linux') throw new Error('needs /proc, so it runs on Linux only');
  const dir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const broker = await startPrivateBroker({ dir: join(dir, 'rabbitmq') });
  try {
    const [gateway, posts, comments, query, moderation] = await freePorts(5);
    const ports = { gateway, posts, comments, query, moderation };
    const env = { ...process.env, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' };
    const system = await startSystem({
      root,
      ports,
      dataDir: join(dir, 'data'),
      rabbitmqUrl: broker.url,
      env,
      restart: false,
    });
    const subject = new Subject(system, broker.pid, dir, options.clients);
    try {
      report(await measure(subject, options.comments));
    } finally {
      await subject.pool.destroy();
      await system.stop();
    }
  } finally {
    await broker.close({ force: true, discard: true });
    await rm(dir, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(`bench:capacity: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
