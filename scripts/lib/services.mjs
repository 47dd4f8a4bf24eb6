// @ts-check
import { join } from 'node:path';

/** @import { ProcessSpec } from './supervisor.mjs' */
/** @typedef {'gateway' | 'posts' | 'comments' | 'query' | 'moderation'} AppName */
/** @typedef {Exclude<AppName, 'gateway'>} ServiceName */
/** @typedef {Partial<Record<AppName, number | number[]>>} Ports of each part, one port per instance; what has none is left out */
/** @typedef {ProcessSpec & { name: AppName, port: number, url: string, database?: string }} Instance */

/** The services in the order in which they are started; the gateway comes last, because it calls all of them. */
export const serviceNames = /** @type {const} */ (['posts', 'comments', 'query', 'moderation']);

/** Where each listens when nothing else is asked for. */
export const defaultPorts = /** @type {const} */ ({
  gateway: 3000,
  posts: 4000,
  comments: 4001,
  query: 4002,
  moderation: 4003,
});

const firstCopyPorts = { comments: 4006 };
const firstCopyPort = 4010;

/**
 * The ports of a system with copies: the first instance of a service on its usual port, copies of comments from 4006,
 * copies of the others from 4010 upwards.
 * @param {Partial<Record<ServiceName, number>>} copies how many instances of each, 1 when left out
 * @returns {Record<AppName, number[]>}
 */
export function assignPorts(copies) {
  const taken = new Set(/** @type {number[]} */ (Object.values(defaultPorts)));
  const nextFrom = (/** @type {number} */ port) => {
    while (taken.has(port)) port += 1;
    taken.add(port);
    return port;
  };
  /** @param {ServiceName} name */
  const portsOf = (name) => {
    const from = name === 'comments' ? firstCopyPorts.comments : firstCopyPort;
    return [defaultPorts[name], ...Array.from({ length: (copies[name] ?? 1) - 1 }, () => nextFrom(from))];
  };
  const entries = serviceNames.map((name) => [name, portsOf(name)]);
  return { gateway: [defaultPorts.gateway], ...Object.fromEntries(entries) };
}

/**
 * @typedef {object} SystemOptions
 * @property {string} root of the checkout
 * @property {Ports} ports
 * @property {string} dataDir where the databases are
 * @property {string} rabbitmqUrl
 * @property {string} [host] the address to listen on, 127.0.0.1 when left out
 * @property {string} [clientDir] the built client the gateway serves
 * @property {NodeJS.ProcessEnv} [env] the environment to start from, this process's when left out
 */

/**
 * Every process of a system with what it is called and where it listens, in the order to start them: services first,
 * then the gateway.
 * @param {Ports} ports
 */
export function listInstances(ports) {
  return [...serviceNames, /** @type {const} */ ('gateway')].flatMap((name) =>
    portList(ports[name]).map((port, index) => ({ name, port, index, label: index === 0 ? name : `${name}:${port}` })),
  );
}

/**
 * Every process of a system with all it needs to run.
 * @param {SystemOptions} options
 * @returns {Instance[]}
 */
export function planSystem({ root, ports, dataDir, rabbitmqUrl, host = '127.0.0.1', clientDir, env = process.env }) {
  const instances = listInstances(ports).map((each) => ({ ...each, url: urlOf(host, each.port) }));
  const urlsOf = (/** @type {ServiceName} */ name) =>
    instances.filter((each) => each.name === name).map(({ url }) => url);
  const shared = {
    ...withoutOwnSettings(env),
    HOST: host,
    RABBITMQ_URL: rabbitmqUrl,
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URLS`, urlsOf(name).join(',')])),
  };
  return instances.map(({ name, label, port, index, url }) => {
    const database = name === 'gateway' ? undefined : databaseOf(dataDir, name, port, index);
    return {
      name,
      label,
      port,
      url,
      database,
      cwd: root,
      args: [join(root, 'dist', 'apps', name, 'src', 'main.js')],
      env: {
        ...shared,
        PORT: String(port),
        ...(database && { DATABASE_URL: `sqlite:${database}` }),
        ...(name === 'gateway' && clientDir && { CLIENT_DIR: clientDir }),
      },
    };
  });
}

/**
 * Instances of a service share its database, because they share its work; except those of query: each builds a read
 * model of its own.
 * @param {string} dataDir
 * @param {AppName} name
 * @param {number} port
 * @param {number} index
 */
function databaseOf(dataDir, name, port, index) {
  return join(dataDir, name === 'query' && index > 0 ? `${name}-${port}.db` : `${name}.db`);
}

/** What is set for one process each cannot be passed on to all. @param {NodeJS.ProcessEnv} env */
function withoutOwnSettings(env) {
  const { PORT: _port, DATABASE_URL: _database, ...rest } = env;
  return rest;
}

/** @param {number | number[] | undefined} ports */
function portList(ports) {
  return ports === undefined ? [] : [ports].flat();
}

/** @param {string} host @param {number} port */
function urlOf(host, port) {
  // "All addresses" is where to listen, not where to call.
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
