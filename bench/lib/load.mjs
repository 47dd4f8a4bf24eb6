// @ts-check
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';

/** @import { Entry, Ledger } from './ledger.mjs' */

/** @typedef {'POST' | 'PATCH' | 'DELETE' | 'GET'} Method */

/**
 * What became of a request.
 * @typedef {object} Outcome
 * @property {Method} method
 * @property {number} status 0 when there was no answer at all
 * @property {number} ms
 * @property {string} [problem] what the answer was, if it was not a good one
 */

/** Of ten requests: how many of each kind. */
const mix = /** @type {Method[]} */ (['POST', 'POST', 'POST', 'POST', 'PATCH', 'PATCH', 'DELETE', 'GET', 'GET', 'GET']);
/** How many of its own comments a client edits and deletes. */
const remembered = 200;

/** Clients that send requests as fast as they are answered, each one at a time on a connection of its own. */
export class Load {
  #stopped = false;
  /** @type {Promise<unknown>} */
  #running = Promise.resolve();

  /**
   * @param {string} url of the gateway
   * @param {string[]} postIds to comment on
   * @param {Ledger} ledger takes down what was promised
   * @param {(outcome: Outcome) => void} onOutcome
   */
  constructor(url, postIds, ledger, onOutcome) {
    this.url = url;
    this.postIds = postIds;
    this.ledger = ledger;
    this.onOutcome = onOutcome;
  }

  /** @param {number} clients */
  start(clients) {
    this.#running = Promise.all(Array.from({ length: clients }, (_, index) => this.#client(index)));
  }

  /** Resolves when the last request is answered. */
  async stop() {
    this.#stopped = true;
    await this.#running;
  }

  /** @param {number} index */
  async #client(index) {
    const pool = new Pool(this.url, { connections: 1 });
    /** @type {Entry[]} */
    const own = [];
    for (let turn = index; !this.#stopped; turn += 1) {
      const method = own.length === 0 ? 'POST' : (mix[turn % mix.length] ?? 'GET');
      await this.#act(pool, method, own);
      if (own.length > remembered) own.shift();
    }
    await pool.close();
  }

  /** @param {Pool} pool @param {Method} method @param {Entry[]} own */
  async #act(pool, method, own) {
    const postId = pickOne(this.postIds);
    const entry = pickOne(own);
    switch (method) {
      case 'POST':
        return this.#create(pool, postId, own);
      case 'PATCH':
        return this.#edit(pool, entry);
      case 'DELETE':
        own.splice(own.indexOf(entry), 1);
        return this.#remove(pool, entry);
      case 'GET':
        return this.#send(pool, 'GET', `/api/posts/${postId}/comments?limit=20`, [200]);
    }
  }

  /** @param {Pool} pool @param {string} postId @param {Entry[]} own */
  async #create(pool, postId, own) {
    const content = aText();
    const { status, body } = await this.#send(pool, 'POST', `/api/posts/${postId}/comments`, [201], { content });
    if (status === 201) own.push(this.ledger.created(postId, body.id, content));
    else if (isUnsettled(status)) this.ledger.unsettled.add(content);
  }

  /** @param {Pool} pool @param {Entry} entry */
  async #edit(pool, { postId, id, texts }) {
    const content = aText();
    const { status } = await this.#send(pool, 'PATCH', `/api/posts/${postId}/comments/${id}`, [200], { content });
    if (status === 200) texts.clear();
    if (status === 200 || isUnsettled(status)) texts.add(content);
  }

  /** A DELETE that was sent again finds that it has been done. @param {Pool} pool @param {Entry} entry */
  async #remove(pool, entry) {
    entry.state = 'either';
    const path = `/api/posts/${entry.postId}/comments/${entry.id}`;
    const { status } = await this.#send(pool, 'DELETE', path, [204, 404]);
    if (status === 204 || status === 404) entry.state = 'gone';
  }

  /**
   * @param {Pool} pool
   * @param {Method} method
   * @param {string} path
   * @param {number[]} good
   * @param {unknown} [json]
   */
  async #send(pool, method, path, good, json) {
    const since = performance.now();
    const { status, text } = await exchange(pool, method, path, json);
    const problem = good.includes(status) ? undefined : `${method} ${path}: ${status || 'no answer'} ${text}`;
    this.onOutcome({ method, status, ms: performance.now() - since, problem });
    return { status, body: status === 201 ? JSON.parse(text) : undefined };
  }
}

/** @param {Pool} pool @param {Method} method @param {string} path @param {unknown} [json] */
async function exchange(pool, method, path, json) {
  const content =
    json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
  try {
    const { statusCode, body } = await pool.request({ method, path, ...content });
    return { status: statusCode, text: await body.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

/** Whether an answer leaves open whether the request took effect; 503 says that it did not. @param {number} status */
function isUnsettled(status) {
  return status === 0 || status === 500 || status === 502 || status === 504;
}

/** No two alike: moderation would take them for spam. */
function aText() {
  return `A comment like no other: ${randomUUID()}`;
}

/** @template Item @param {Item[]} items @returns {Item} */
function pickOne(items) {
  return /** @type {Item} */ (items[Math.floor(Math.random() * items.length)]);
}
