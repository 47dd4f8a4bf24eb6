// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateBroker } from '../../scripts/lib/broker.mjs';
import { clientDir } from '../../scripts/lib/build.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { startPrivatePostgres } from '../../scripts/lib/postgres.mjs';
import { planInstance, planSystem, upstreamSettings } from '../../scripts/lib/services.mjs';
import { System, SystemProcess } from '../../scripts/lib/system.mjs';
import { createDatabases } from '../lib/databases.mjs';

/** @import { Broker } from '../../scripts/lib/broker-handle.mjs' */
/** @import { Instance } from '../../scripts/lib/services.mjs' */
/** @import { BenchContext } from './bench.mjs' */
/** @import { BenchOptions } from './options.mjs' */

// What a service logs at level debug when it has answered a request. It is how the bench knows which copy did the work,
// without anything in the services or the gateway that would be there for the bench alone.
const answered = '"context":"requests"';

/** The system under test: processes on free ports with a broker of their own, in a temporary directory. */
export class Arena {
  /** @type {SystemProcess[]} */
  copies = [];
  /** How many requests each copy has answered, by its label. */
  answered = new Map(/** @type {[string, number][]} */ ([]));
  /** @type {(() => unknown)[]} */
  #undo = [];

  /** @param {BenchOptions} options @param {BenchContext} context */
  constructor(options, { root, terminal }) {
    this.options = options;
    this.root = root;
    this.terminal = terminal;
  }

  /** Starts everything, with one copy of comments. @param {AbortSignal} signal */
  async start(signal) {
    const dir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
    this.#undo.push(() => rm(dir, { recursive: true, force: true }));
    const databaseUrls = await this.#databases(join(dir, 'postgres'), signal);
    const broker = await startPrivateBroker({ dir: join(dir, 'rabbitmq'), signal, statisticsIntervalMs: 1000 });
    this.broker = broker;
    this.#undo.push(() => broker.close({ force: true, discard: true }));
    const [posts = 0, comments = 0, query = 0, moderation = 0, gateway = 0] = await freePorts(5);
    this.ports = { posts, comments, query, moderation, gateway };
    this.where = {
      root: this.root,
      dataDir: dir,
      rabbitmqUrl: broker.url,
      databaseUrls,
      clientDir: clientDir(this.root),
      env: { ...process.env, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
    };
    const system = new System(planSystem({ ...this.where, ports: this.ports }).map(toldToCount), this.#hooks());
    this.system = system;
    this.#undo.push(() => system.stop());
    system.start();
    await system.whenReady({ signal });
    this.copies.push(system.process('comments'));
  }

  /** Where the gateway is. */
  get url() {
    if (!this.system) throw new Error('The arena is not started');
    return this.system.url('gateway');
  }

  /** @returns {Broker} */
  get rabbit() {
    if (!this.broker) throw new Error('The arena is not started');
    return this.broker;
  }

  /** Starts one more copy of comments; resolves once it is ready. @param {AbortSignal} signal */
  async add(signal) {
    if (!this.where || !this.ports) throw new Error('The arena is not started');
    const [port = 0] = await freePorts(1);
    const { where, ports } = this;
    const env = { ...where.env, ...upstreamSettings(ports, '127.0.0.1', where.env) };
    const spec = planInstance({ ...where, env, name: 'comments', label: `comments:${port}`, port, index: 1 });
    const copy = new SystemProcess(toldToCount(spec), this.#hooks());
    this.#undo.push(() => copy.stop());
    this.copies.push(copy);
    copy.start();
    await this.ready(copy, signal);
  }

  /** Waits until a copy is ready, and answers requests. @param {SystemProcess} copy @param {AbortSignal} signal */
  async ready(copy, signal) {
    const system = new System([]);
    system.processes.push(copy);
    await system.whenReady({ signal });
  }

  /** Stops everything and deletes it. */
  async stop() {
    const steps = this.#undo.splice(0).toReversed();
    // The processes first and all at once: with each copy asked for itself it would take long.
    await Promise.all(this.copies.map((copy) => copy.stop()));
    for (const step of steps) await step();
  }

  /** @param {string} dir @param {AbortSignal} signal */
  async #databases(dir, signal) {
    const { postgres, database } = this.options;
    if (!postgres && !database) return {};
    const own = database ? undefined : await startPrivatePostgres({ dir, signal });
    if (own) this.#undo.push(() => own.close({ force: true, discard: true }));
    const { urls, drop } = await createDatabases(database ?? own?.url ?? '');
    this.#undo.push(drop);
    return urls;
  }

  #hooks() {
    return {
      onLine: (/** @type {string} */ label, /** @type {string} */ line) => this.#line(label, line),
      onNotice: (/** @type {string} */ label, /** @type {string} */ text) => this.#show(label, text),
    };
  }

  /** @param {string} label @param {string} line */
  #line(label, line) {
    if (line.includes(answered)) this.answered.set(label, (this.answered.get(label) ?? 0) + 1);
    else if (!line.startsWith('{"level":20')) this.#show(label, line);
  }

  /** @param {string} label @param {string} text */
  #show(label, text) {
    if (this.options.verbose) this.terminal.line(`${label} | ${text}`);
  }
}

/** @param {Instance} instance @returns {Instance} */
function toldToCount(instance) {
  return instance.name === 'comments' ? { ...instance, env: { ...instance.env, LOG_LEVEL: 'debug' } } : instance;
}
