// @ts-check
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateBroker } from '../../scripts/lib/broker.mjs';
import { startPrivateCluster } from '../../scripts/lib/broker-cluster.mjs';
import { clientDir } from '../../scripts/lib/build.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { planInstance, planSystem, upstreamSettings } from '../../scripts/lib/services.mjs';
import { Links } from './links.mjs';
import { reannounceAfterMs, retryDelays } from './settings.mjs';
import { ChaosProcess } from './site-process.mjs';

/** @import { Broker } from '../../scripts/lib/broker-handle.mjs' */
/** @import { AppName, Instance } from '../../scripts/lib/services.mjs' */
/** @import { FaultSite, Poison } from '../faults/fault.mjs' */

/**
 * @typedef {object} SiteOptions
 * @property {string} root
 * @property {boolean} cluster whether RabbitMQ is a cluster of three nodes
 * @property {boolean} keep whether its files stay when it is stopped
 * @property {(label: string, line: string) => void} onLine
 * @property {AbortSignal} signal
 */

/**
 * The whole system as processes, with a RabbitMQ, ports and folders of their own: two copies of comments that share a file,
 * two of query, and one each of the others.
 * @implements {FaultSite}
 */
export class Site {
  /** @type {ChaosProcess[]} */
  processes = [];
  /** @type {Broker[]} */
  nodes = [];
  /** @type {Poison[]} */
  poison = [];
  /** @type {string[]} */
  injectedEventIds = [];
  /** @type {Record<string, string>} */
  queuesDeletedAt = {};
  url = '';
  dir = '';
  /** @type {(() => unknown)[]} */
  #undo = [];
  /** @type {Record<string, number | number[]>} */
  #ports = {};

  /** @param {SiteOptions} options */
  constructor(options) {
    this.options = options;
  }

  get broker() {
    const [first] = this.nodes;
    if (!first) throw new Error('The site is not started');
    return first;
  }

  /** @param {string} label */
  process(label) {
    const found = this.processes.find((each) => each.label === label);
    if (!found) throw new Error(`No ${label} in this system: ${this.processes.map((each) => each.label).join(', ')}`);
    return found;
  }

  /** Starts everything; resolves once it is ready. */
  async start() {
    this.dir = await mkdtemp(join(tmpdir(), 'parley-chaos-'));
    if (!this.options.keep) this.#undo.push(() => rm(this.dir, { recursive: true, force: true }));
    await (this.options.cluster ? this.#startCluster() : this.#startBroker());
    const [posts = 0, comments = 0, copy = 0, query = 0, second = 0, moderation = 0, gateway = 0] = await freePorts(7);
    this.#ports = { posts, comments: [comments, copy], query: [query, second], moderation, gateway };
    for (const instance of planSystem({ ...this.#common(), ports: this.#ports })) await this.#add(instance);
    this.url = this.process('gateway').url;
    for (const each of this.processes) each.launch();
    await Promise.all(this.processes.map((each) => each.start()));
    this.options.signal.throwIfAborted();
  }

  /** A further copy of query, with an empty database, not started. @param {string} label */
  async anotherQuery(label) {
    const [port = 0] = await freePorts(1);
    const common = this.#common();
    const env = { ...common.env, ...upstreamSettings(this.#ports, '127.0.0.1', common.env) };
    return this.#create(
      planInstance({ ...common, env, name: 'query', label, port, index: 1 }),
      label.replace(':', '-'),
    );
  }

  /** Stops everything and deletes it. */
  async stop() {
    await Promise.all(this.processes.map((each) => each.stop()));
    for (const step of this.#undo.splice(0).toReversed()) await step();
  }

  async #startBroker() {
    const broker = await startPrivateBroker({
      dir: join(this.dir, 'rabbitmq'),
      signal: this.options.signal,
      statisticsIntervalMs: 1000,
    });
    this.#undo.push(() => broker.close({ force: true, discard: !this.options.keep }));
    this.nodes = [broker];
  }

  async #startCluster() {
    const cluster = await startPrivateCluster({ dir: join(this.dir, 'rabbitmq'), signal: this.options.signal });
    this.#undo.push(() => cluster.close());
    this.nodes = cluster.nodes;
  }

  #common() {
    return {
      root: this.options.root,
      dataDir: join(this.dir, 'data'),
      rabbitmqUrl: this.nodes.map(({ url }) => url).join(','),
      clientDir: clientDir(this.options.root),
      env: {
        ...process.env,
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'json',
        RETRY_DELAYS: retryDelays,
        REANNOUNCE_AFTER: `${reannounceAfterMs}ms`,
      },
    };
  }

  /** @param {Instance} instance */
  async #add(instance) {
    const copies = this.processes.filter(({ name }) => name === instance.name).length;
    const label = copies === 0 ? instance.name : `${instance.name}:${copies + 1}`;
    const folder = instance.name === 'query' ? label.replace(':', '-') : instance.name;
    this.processes.push(await this.#create({ ...instance, label }, folder));
  }

  /** @param {Instance} instance @param {string} folder of its database */
  async #create(instance, folder) {
    const dataDir = join(this.dir, 'data', folder);
    await mkdir(dataDir, { recursive: true });
    const link = await Links.open(this.nodes.map(({ url }) => url));
    const database = instance.databaseUrl && { DATABASE_URL: `sqlite:${fileOf(dataDir, instance.name)}` };
    const env = { ...instance.env, ...database, RABBITMQ_URL: link.rabbitmqUrl };
    const { onLine } = this.options;
    return new ChaosProcess({ ...instance, env }, dataDir, link, { onLine, onNotice: onLine });
  }
}

/** The database file of a service. @param {string} dataDir @param {AppName} name */
export function fileOf(dataDir, name) {
  return join(dataDir, `${name}.db`);
}
