// @ts-check
import { join } from 'node:path';

/** @import { DatabaseUrls } from './database-urls.mjs' */
/** @import { ProcessSpec } from './supervisor.mjs' */
/** @typedef {'gateway' | 'posts' | 'comments' | 'query' | 'moderation'} AppName */
/** @typedef {Exclude<AppName, 'gateway'>} ServiceName */
/** @typedef {Partial<Record<AppName, number | number[]>>} Ports of each part, one port per instance; what has none is left out */
/** @typedef {ProcessSpec & { name: AppName, port: number, url: string, databaseUrl?: string }} Instance */

/** The services in the order in which they are started. */
export const serviceNames = /** @type {const} */ (['posts', 'comments', 'query', 'moderation']);

/** Those that others call. */
const calledServices = /** @type {const} */ (['posts', 'comments', 'query']);

/** Every part of a system in the order in which they are started: the gateway comes last, because it calls all others. */
export const appNames = /** @type {const} */ ([...serviceNames, 'gateway']);

/** Where each listens when nothing else is asked for. */
export const defaultPorts = /** @type {const} */ ({
  gateway: 3000,
  posts: 4000,
  comments: 4001,
  query: 4002,
  moderation: 4003,
});

/** @param {AppName} name */
const firstCopyPort = (name) => ({ gateway: 3001, comments: 4005, posts: 4010, query: 4010, moderation: 4010 })[name];

/**
 * Whether there is such a part.
 * @param {string} name
 * @returns {name is AppName}
 */
export function isAppName(name) {
  return appNames.some((each) => each === name);
}

/**
 * The ports where a copy may listen, in the order to try them: of the gateway from 3001, of comments from 4005, of the
 * others from 4010 upwards.
 * @param {AppName} name
 * @param {Set<number>} taken
 */
export function* copyPorts(name, taken) {
  const usual = new Set(/** @type {number[]} */ (Object.values(defaultPorts)));
  for (let port = firstCopyPort(name); port <= 65_535; port += 1) {
    if (!usual.has(port) && !taken.has(port)) yield port;
  }
}

/**
 * The ports of a system with copies: the first instance of each on its usual port, the others on the next ones of
 * `copyPorts`.
 * @param {Partial<Record<AppName, number>>} copies how many instances of each, 1 when left out
 * @returns {Record<AppName, number[]>}
 */
export function assignPorts(copies) {
  const taken = new Set(/** @type {number[]} */ ([]));
  /** @param {AppName} name */
  const portsOf = (name) => {
    const candidates = copyPorts(name, taken);
    const further = Array.from({ length: (copies[name] ?? 1) - 1 }, () => {
      const port = /** @type {number} */ (candidates.next().value);
      taken.add(port);
      return port;
    });
    return [defaultPorts[name], ...further];
  };
  return /** @type {Record<AppName, number[]>} */ (Object.fromEntries(appNames.map((name) => [name, portsOf(name)])));
}

/**
 * Every process of a system with what it is called and where it listens, in the order to start them.
 * @param {Ports} ports
 */
export function listInstances(ports) {
  return appNames.flatMap((name) =>
    portList(ports[name]).map((port, index) => ({ name, port, index, label: index === 0 ? name : `${name}:${port}` })),
  );
}

/**
 * @typedef {object} SystemOptions
 * @property {string} root of the checkout
 * @property {Ports} ports
 * @property {string} dataDir where the SQLite databases are
 * @property {string} rabbitmqUrl
 * @property {DatabaseUrls} [databaseUrls] of services that do not use a file in `dataDir`
 * @property {string} [host] the address to listen on, 127.0.0.1 when left out
 * @property {string} [clientDir] the built client the gateway serves
 * @property {NodeJS.ProcessEnv} [env] the environment to start from, this process's when left out
 */

/**
 * Where the first instance of each service is. Copies are found by what they announce; these are told, so that a gateway
 * that starts while RabbitMQ is down finds them all the same. Of those that listen at all addresses nothing is told: they
 * announce another address than we would, and would count twice.
 * @param {Ports} ports
 * @param {string} host
 * @param {NodeJS.ProcessEnv} env of the processes
 * @returns {Record<string, string>} as environment variables
 */
export function upstreamSettings(ports, host, env) {
  if (isWildcard(host)) return {};
  const entries = calledServices.flatMap((name) => {
    const [port] = portList(ports[name]);
    return port === undefined ? [] : [[`${name.toUpperCase()}_URLS`, urlOf(host, port, env)]];
  });
  return Object.fromEntries(entries);
}

/**
 * Every process of a system with all it needs to run.
 * @param {SystemOptions} options
 * @returns {Instance[]}
 */
export function planSystem({ ports, env = process.env, host = '127.0.0.1', ...common }) {
  const shared = { ...env, ...upstreamSettings(ports, host, env) };
  return listInstances(ports).map((each) => planInstance({ ...common, ...each, host, env: shared }));
}

/**
 * One process with all it needs to run.
 * @param {Omit<SystemOptions, 'ports'> & { name: AppName, label: string, port: number, index: number }} options `index`:
 *   0 for the first instance of a service
 * @returns {Instance}
 */
export function planInstance({ root, name, label, port, index, host = '127.0.0.1', env = process.env, ...options }) {
  const databaseUrl = name === 'gateway' ? undefined : databaseUrlOf(name, port, index, options);
  return {
    name,
    label,
    port,
    url: urlOf(host, port, env),
    databaseUrl,
    cwd: root,
    args: [join(root, 'dist', 'apps', name, 'src', 'main.js')],
    env: {
      ...withoutOwnSettings(env),
      HOST: host,
      PORT: String(port),
      RABBITMQ_URL: options.rabbitmqUrl,
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
      ...(name === 'gateway' && options.clientDir && { CLIENT_DIR: options.clientDir }),
    },
  };
}

/**
 * Instances of a service share its database, because they share its work; except those of query: each builds a read
 * model of its own.
 * @param {ServiceName} name
 * @param {number} port
 * @param {number} index
 * @param {{ dataDir: string, databaseUrls?: DatabaseUrls }} options
 */
function databaseUrlOf(name, port, index, { dataDir, databaseUrls = {} }) {
  const file = name === 'query' && index > 0 ? `${name}-${port}.db` : `${name}.db`;
  return (name !== 'query' && databaseUrls[name]) || `sqlite:${join(dataDir, file)}`;
}

/** What is set for one process each cannot be passed on to all. @param {NodeJS.ProcessEnv} env */
function withoutOwnSettings(env) {
  const { PORT: _port, DATABASE_URL: _database, ADVERTISE_URL: _advertised, ...rest } = env;
  return rest;
}

/** @param {number | number[] | undefined} ports */
function portList(ports) {
  return ports === undefined ? [] : [ports].flat();
}

/** @param {string} host @param {number} port @param {NodeJS.ProcessEnv} env */
function urlOf(host, port, env) {
  const scheme = env.TLS_CERT_FILE && env.TLS_KEY_FILE ? 'https' : 'http';
  // "All addresses" is where to listen, not where to call.
  const address = isWildcard(host) ? '127.0.0.1' : host;
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** @param {string} host */
function isWildcard(host) {
  return host === '0.0.0.0' || host === '::';
}
