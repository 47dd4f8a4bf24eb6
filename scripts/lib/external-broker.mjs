// @ts-check
import { randomBytes } from 'node:crypto';
import { probeAmqp } from './amqp-probe.mjs';
import { messageOf, UserError } from './errors.mjs';

const vhostPrefix = 'parley-';

/**
 * The nodes that RABBITMQ_URL names.
 * @param {string} urls
 */
export function nodesOf(urls) {
  return urls.split(',').map((url) => url.trim());
}

/**
 * The first node of a cluster that can be used.
 * @param {string} urls
 */
export async function reachableNode(urls) {
  /** @type {string[]} */
  const problems = [];
  for (const url of nodesOf(urls)) {
    if (!/^amqps?:\/\//.test(url) || !URL.canParse(url)) throw new UserError('RABBITMQ_URL must be an amqp(s):// URL.');
    const { state, detail } = await probeAmqp(url);
    if (state === 'ok') return url;
    problems.push(`${withoutPassword(url)}: ${detail}`);
  }
  throw new UserError(
    `The broker in RABBITMQ_URL cannot be used (${problems.join('; ')}).\n  Start it or correct the URL.`,
  );
}

/**
 * A URL as it may be shown.
 * @param {string} url
 */
export function withoutPassword(url) {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/**
 * Host and port of a broker, to tell brokers apart.
 * @param {string} url
 */
export function hostOf(url) {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'amqps:' ? 5671 : 5672)}`;
}

/**
 * @param {string} url
 * @param {string} vhost
 */
export function withVhost(url, vhost) {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(vhost)}`;
  return changed.href;
}

/**
 * Where the management API of a broker is, with the login: RABBITMQ_MANAGEMENT_URL, or its usual port on the same host.
 * @param {string} url
 * @param {NodeJS.ProcessEnv} env
 */
export function managementUrlOf(url, env) {
  if (env.RABBITMQ_MANAGEMENT_URL) return env.RABBITMQ_MANAGEMENT_URL;
  const { hostname, username, password } = new URL(url);
  return `http://${username || 'guest'}:${password || 'guest'}@${hostname}:15672`;
}

/**
 * Makes a virtual host for a system that begins empty: on a broker that is not ours, the queues and events of earlier
 * runs are not ours to delete either.
 * @param {string} url
 * @param {string} managementUrl
 */
export async function createVhost(url, managementUrl) {
  const vhost = `${vhostPrefix}${randomBytes(4).toString('hex')}`;
  const user = decodeURIComponent(new URL(url).username) || 'guest';
  const everything = { configure: '.*', write: '.*', read: '.*' };
  try {
    await call(managementUrl, 'PUT', `vhosts/${vhost}`);
    await call(managementUrl, 'PUT', `permissions/${vhost}/${encodeURIComponent(user)}`, everything);
  } catch (error) {
    throw new UserError(
      `--fresh needs the management API of the broker, to give this run a virtual host of its own: ${messageOf(error)}.\n` +
        '  Enable it (rabbitmq-plugins enable rabbitmq_management), set RABBITMQ_MANAGEMENT_URL, or leave out --fresh.',
    );
  }
  return vhost;
}

/**
 * Deletes a virtual host we made. That it stays behind does no harm.
 * @param {string} managementUrl
 * @param {string} vhost
 */
export async function deleteVhost(managementUrl, vhost) {
  if (vhost.startsWith(vhostPrefix)) await call(managementUrl, 'DELETE', `vhosts/${vhost}`).catch(() => {});
}

/**
 * Whether a management API answers there and lets us in.
 * @param {string} managementUrl
 */
export async function managementAnswers(managementUrl) {
  return call(managementUrl, 'GET', 'whoami').then(
    () => true,
    () => false,
  );
}

/** @param {string} managementUrl @param {string} method @param {string} path @param {unknown} [body] */
async function call(managementUrl, method, path, body) {
  const { origin, username, password } = new URL(managementUrl);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const target = `${origin}/api/${path}`;
  const request = {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(login).toString('base64')}`,
      'content-type': 'application/json',
    },
    signal: AbortSignal.timeout(3000),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const response = await fetch(target, request).catch(() => {
    throw new Error(`${origin} does not answer`);
  });
  if (!response.ok) throw new Error(`${method} ${target} answers ${response.status}`);
}
