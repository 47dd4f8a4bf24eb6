// @ts-check
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

/** @import { Ledger } from '../lib/ledger.mjs' */
/** @typedef {'accepted' | 'overloaded' | 'unsent' | 'failed'} Kind */
/** @typedef {{ kind: Kind, ms: number, problem?: string }} Outcome what became of a request that was due */

/** How often it is looked how many requests are due, in milliseconds. */
const tickMs = 5;

/** Sends requests to the gateway, and takes down what was promised. */
export class Clients {
  underWay = 0;
  #count = 0;

  /**
   * @param {string} url of the gateway
   * @param {string[]} postIds to comment on
   * @param {Ledger} ledger
   * @param {number} connections the most requests at once
   */
  constructor(url, postIds, ledger, connections) {
    this.pool = new Pool(url, { connections, headersTimeout: 30_000, bodyTimeout: 30_000, connectTimeout: 30_000 });
    this.postIds = postIds;
    this.ledger = ledger;
    this.connections = connections;
  }

  /**
   * As many requests as are answered, so many at a time, one after the other.
   * @param {number} atOnce @param {number} seconds
   * @returns {Promise<Outcome[]>}
   */
  async closed(atOnce, seconds) {
    const end = performance.now() + seconds * 1000;
    /** @type {Outcome[]} */
    const outcomes = [];
    const one = async () => {
      while (performance.now() < end) outcomes.push(await this.#send());
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    return outcomes;
  }

  /**
   * So many requests a second, whether or not the earlier ones are answered.
   * @param {number} perSecond @param {number} seconds @param {AbortSignal} signal
   * @returns {Promise<Outcome[]>} once the last is answered
   */
  async open(perSecond, seconds, signal) {
    const start = performance.now();
    /** @type {Promise<Outcome>[]} */
    const sent = [];
    for (let passed = 0; passed < seconds; passed = (performance.now() - start) / 1000) {
      while (sent.length < passed * perSecond) sent.push(this.#sendIfPossible());
      await delay(tickMs, undefined, { signal });
    }
    return Promise.all(sent);
  }

  /** @returns {Promise<Outcome>} */
  async #sendIfPossible() {
    return this.underWay < this.connections ? this.#send() : { kind: 'unsent', ms: 0 };
  }

  /** @returns {Promise<Outcome>} */
  async #send() {
    const turn = (this.#count += 1);
    const path = `/api/posts/${this.postIds[turn % this.postIds.length]}/comments`;
    this.underWay += 1;
    try {
      return await (turn % 10 < 7 ? this.#create(path) : this.#exchange('GET', `${path}?limit=20`, undefined));
    } finally {
      this.underWay -= 1;
    }
  }

  /** @param {string} path */
  async #create(path) {
    const content = `A comment like no other: ${randomUUID()}`;
    return this.#exchange('POST', path, content);
  }

  /** @param {'GET' | 'POST'} method @param {string} path @param {string | undefined} content @returns {Promise<Outcome>} */
  async #exchange(method, path, content) {
    const since = performance.now();
    const json = content && {
      body: JSON.stringify({ content }),
      headers: { 'content-type': 'application/json' },
    };
    const { status, text } = await this.pool.request({ method, path, ...json }).then(
      async ({ statusCode, body }) => ({ status: statusCode, text: await body.text() }),
      (error) => ({ status: 0, text: String(error) }),
    );
    if (content) this.#note(path, content, status, text);
    const ms = performance.now() - since;
    if (status === 200 || status === 201) return { kind: 'accepted', ms };
    if (status === 503 && text.includes('urn:parley:problem:overloaded')) return { kind: 'overloaded', ms };
    return { kind: 'failed', ms, problem: `${method} ${path}: ${status || 'no answer'} ${text}` };
  }

  /** @param {string} path @param {string} content @param {number} status @param {string} text */
  #note(path, content, status, text) {
    if (status === 201) this.ledger.created(String(path.split('/')[3]), JSON.parse(text).id, content);
    // Only 503 says that nothing was done.
    else if (status !== 503) this.ledger.unsettled.add(content);
  }
}
