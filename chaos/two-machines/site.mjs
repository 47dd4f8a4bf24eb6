// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabases } from '../../bench/lib/databases.mjs';
import { startPrivateBroker } from '../../scripts/lib/broker.mjs';
import { clientDir } from '../../scripts/lib/build.mjs';
import { elsewhereDir } from '../../scripts/lib/copy-command.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { startPrivatePostgres } from '../../scripts/lib/postgres.mjs';
import { startSystem } from '../../scripts/lib/system.mjs';
import { addresses } from './namespaces.mjs';
import { RemoteCopy } from './remote-copy.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { ExperimentOptions } from './experiment.mjs' */

/** What is copied to the second machine. */
const copied = /** @type {const} */ (['comments', 'query']);

/** The system on the first machine, and its copies on the second. */
export class Site {
  /** @type {RemoteCopy[]} */
  copies = [];
  url = '';
  managementUrl = '';
  /** @type {(() => unknown)[]} */
  #undo = [];

  /** @param {ExperimentOptions} options @param {Terminal} terminal */
  constructor(options, terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  /** Starts everything on the first machine. @param {AbortSignal} signal */
  async start(signal) {
    const dir = await mkdtemp(join(tmpdir(), 'parley-machines-'));
    this.#undo.push(() => rm(dir, { recursive: true, force: true }));
    const postgres = await startPrivatePostgres({ dir: join(dir, 'postgres'), host: addresses.one, signal });
    this.#undo.push(() => postgres.close({ force: true, discard: true }));
    const { urls } = await createDatabases(postgres.url);
    const broker = await startPrivateBroker({
      dir: join(dir, 'rabbitmq'),
      host: addresses.one,
      signal,
      statisticsIntervalMs: 1000,
    });
    this.#undo.push(() => broker.close({ force: true, discard: true }));
    const elsewhere = elsewhereDir(this.options.root, broker.url);
    this.#undo.push(() => rm(elsewhere, { recursive: true, force: true }));
    const [posts = 0, comments = 0, query = 0, moderation = 0, gateway = 0] = await freePorts(5);
    const system = await startSystem({
      root: this.options.root,
      ports: { posts, comments, query, moderation, gateway },
      dataDir: join(dir, 'data'),
      rabbitmqUrl: broker.url,
      databaseUrls: urls,
      host: addresses.one,
      clientDir: clientDir(this.options.root),
      env: { ...process.env, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
      onLine: (label, line) => this.show(label, line),
      signal,
    });
    this.#undo.push(() => system.stop());
    this.url = system.url('gateway');
    this.managementUrl = broker.managementUrl;
    this.joining = { RABBITMQ_URL: broker.url, urls };
  }

  /** Starts the copies on the second machine, as somebody there would; resolves once they are ready. */
  async join() {
    const { RABBITMQ_URL = '', urls = {} } = this.joining ?? {};
    const { root, two } = this.options;
    this.copies = copied.map((name) => {
      const env = { ...process.env, RABBITMQ_URL, DATABASE_URL: name === 'query' ? '' : urls[name] };
      const copy = new RemoteCopy({ root, machine: two, name, env, onLine: (line) => this.show(`two/${name}`, line) });
      this.#undo.push(() => copy.end());
      return copy;
    });
    await Promise.all(this.copies.map((copy) => copy.ready));
  }

  /** How many instances of a service the gateway sends requests to. @param {string} name */
  async instancesUp(name) {
    const response = await fetch(`${this.url}/health/ready`);
    const { checks } = /** @type {{ checks: Record<string, { detail: string }> }} */ (await response.json());
    return Number.parseInt(checks[name]?.detail ?? '', 10);
  }

  /** What a process says, if that is wanted. @param {string} label @param {string} line */
  show(label, line) {
    if (this.options.verbose && !line.includes('"context":"requests"')) this.terminal.line(`${label} | ${line}`);
  }

  /** Stops everything and deletes it. */
  async stop() {
    for (const step of this.#undo.splice(0).toReversed()) await step();
  }
}
