// @ts-check
import { messageOf } from '../../scripts/lib/errors.mjs';
import { waitFor } from '../../scripts/lib/wait-for.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { Ledger, View } from './ledger.mjs' */

const posts = 10;
const settleMs = 120_000;

/**
 * Posts to comment on.
 * @param {string} url of the gateway
 * @returns {Promise<string[]>} their ids
 */
export async function createPosts(url) {
  /** @type {string[]} */
  const ids = [];
  for (let index = 0; index < posts; index += 1) {
    const { body } = await call(`${url}/api/posts`, { title: `Post ${index + 1} of the bench` });
    ids.push(body.id);
  }
  await waitFor(async () => (await readFeed(url)).length === posts, { timeoutMs: 30_000 });
  return ids;
}

/** @param {string} url @returns {Promise<{ id: string }[]>} */
async function readFeed(url) {
  return (await call(`${url}/api/posts?limit=100`)).body;
}

/**
 * Waits until the read model shows what was promised.
 * @param {{ url: string, managementUrl: string }} where the gateway and the broker's management API are
 * @param {Ledger} ledger
 * @param {{ terminal: Terminal, signal: AbortSignal }} context
 * @returns {Promise<string[]>} what is wrong with it in the end; nothing when all is as promised
 */
export async function settle({ url, managementUrl }, ledger, { terminal, signal }) {
  const step = terminal.step(`Looking for ${ledger.entries.size} comments in the read model`);
  let faults = ['not looked at'];
  const look = async () => {
    faults = await ledgerFaults(url, ledger).catch((error) => [messageOf(error)]);
    step.update(`Looking for ${ledger.entries.size} comments in the read model: ${faults.join(', ') || 'all there'}`);
    return faults.length === 0;
  };
  await waitFor(look, { timeoutMs: settleMs, everyMs: 500, signal });
  step.done(`${ledger.entries.size} comments looked for: ${faults.join(', ') || 'each is as it should be'}`);
  return [...faults, ...(await deadLetters(managementUrl))];
}

/** @param {string} url @param {Ledger} ledger */
async function ledgerFaults(url, ledger) {
  const feed = await readFeed(url);
  const views = await Promise.all(feed.map(({ id }) => commentsOf(url, id)));
  return ledger.check(views.flat());
}

/** @param {string} url @param {string} postId @returns {Promise<View[]>} */
async function commentsOf(url, postId) {
  const views = [];
  /** @type {string | undefined} */
  let path = `/api/posts/${postId}/comments?limit=100`;
  while (path) {
    const { body, link } = await call(`${url}${path}`);
    views.push(...body);
    path = /<([^>]+)>; rel="next"/.exec(link)?.[1];
  }
  return views;
}

/** Events that were given up. @param {string} managementUrl */
async function deadLetters(managementUrl) {
  const { origin, username, password } = new URL(managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const { body } = await call(`${origin}/api/queues`, undefined, { authorization });
  /** @type {{ name: string, messages?: number }[]} */
  const queues = body;
  return queues
    .filter(({ name, messages = 0 }) => name.endsWith('.dead') && messages > 0)
    .map(({ name, messages }) => `${messages} events in ${name}`);
}

/**
 * @param {string} url
 * @param {unknown} [json]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{ body: any, link: string }>}
 */
async function call(url, json, headers = {}) {
  const content = { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
  const response = await fetch(url, json === undefined ? { headers } : content);
  if (!response.ok) throw new Error(`${url} answers ${response.status} ${await response.text()}`);
  return { body: await response.json(), link: response.headers.get('link') ?? '' };
}
