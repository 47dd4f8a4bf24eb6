// @ts-check
import { Pool } from 'undici';
import { effectOf } from './ledger.mjs';
import { aText } from './texts.mjs';

/** @import { Ledger, Thing } from './ledger.mjs' */
/** @typedef {{ method: string, path: string, status: number, body: string, retryAfter: boolean }} Answer `status` 0: there was none */

// Longer than the gateway waits for a service.
const timeoutMs = 20_000;
const oneOfFive = 0.2;

/**
 * Somebody who writes posts and comments, one request at a time, and has taken down what was answered. A thing of which an
 * answer left open what became of it is left alone from then on: a request that is still under way somewhere could change it
 * after the next one.
 */
export class Client {
  /** Its own, to change and to delete. @type {Thing[]} */
  posts = [];
  /** @type {Thing[]} */
  comments = [];
  #pool;

  /** Whether the last request had no answer, or one that said that it could not be answered. */
  failed = false;

  /** @param {string} url of the gateway @param {Ledger} ledger */
  constructor(url, ledger) {
    this.ledger = ledger;
    this.#pool = new Pool(url, { connections: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  }

  /** @returns {Promise<Thing | undefined>} what is stored for sure */
  async createPost() {
    const title = aText(false);
    const post = this.#stored(
      'post',
      title,
      await this.#send('POST', '/api/posts', { title, body: 'A post under fire' }),
    );
    if (post) this.posts.push(post);
    return post;
  }

  /** @param {Thing} post @returns {Promise<Thing | undefined>} what is stored for sure */
  async createComment(post) {
    const content = aText(Math.random() < oneOfFive);
    const answer = await this.#send('POST', `/api/posts/${post.id}/comments`, { content });
    this.#expectFound(answer, post.state === 'there');
    const comment = this.#stored('comment', content, answer, post);
    if (comment) this.comments.push(comment);
    return comment;
  }

  /** @param {Thing} thing its own */
  async edit(thing) {
    const text = aText(thing.kind === 'comment' && Math.random() < oneOfFive);
    const patch = thing.kind === 'post' ? { title: text } : { content: text };
    const answer = await this.#send('PATCH', pathOf(thing), patch);
    this.#expectFound(answer, (thing.post ?? thing).state === 'there');
    const effect = effectOf('PATCH', answer.status, answer.retryAfter);
    this.ledger.edited(thing, text, effect);
    if (effect === 'unknown' || answer.status === 404) this.#leave(thing);
  }

  /** @param {Thing} thing its own */
  async remove(thing) {
    this.#leave(thing);
    this.ledger.deleting(thing);
    const { status, retryAfter } = await this.#send('DELETE', pathOf(thing));
    // The gateway sends a DELETE again when its service broke off: then the first one has done it.
    this.ledger.deleted(thing, status === 404 ? 'done' : effectOf('DELETE', status, retryAfter));
  }

  /** @param {string} path @returns {Promise<Answer>} */
  read(path) {
    return this.#send('GET', path);
  }

  close() {
    return this.#pool.destroy();
  }

  /** @param {'post' | 'comment'} kind @param {string} text @param {Answer} answer @param {Thing} [post] */
  #stored(kind, text, { method, status, retryAfter, body }, post) {
    const effect = effectOf(method, status, retryAfter);
    if (effect === 'unknown') this.ledger.unsettled.add(text);
    return effect === 'done' ? this.ledger.created(kind, JSON.parse(body).id, text, post) : undefined;
  }

  /** What is there for sure must be found. @param {Answer} answer @param {boolean} there */
  #expectFound({ method, path, status, body }, there) {
    if (status === 404 && there) this.ledger.surprises.push(`${method} ${path}: 404 ${body}`);
  }

  /** @param {Thing} thing */
  #leave(thing) {
    const own = thing.kind === 'post' ? this.posts : this.comments;
    const index = own.indexOf(thing);
    if (index >= 0) own.splice(index, 1);
  }

  /** @param {'POST' | 'PATCH' | 'DELETE' | 'GET'} method @param {string} path @param {unknown} [json] */
  async #send(method, path, json) {
    const answer = { method, path, ...(await this.#exchange(method, path, json)) };
    const { status, body } = answer;
    if (status >= 400 && status < 500 && status !== 404 && status !== 429) {
      this.ledger.surprises.push(`${method} ${path}: ${status} ${body}`);
    }
    this.failed = status === 0 || status === 429 || status >= 500;
    return answer;
  }

  /** @param {'POST' | 'PATCH' | 'DELETE' | 'GET'} method @param {string} path @param {unknown} json */
  async #exchange(method, path, json) {
    const content =
      json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
    try {
      const { statusCode, headers, body } = await this.#pool.request({ method, path, ...content });
      return { status: statusCode, retryAfter: headers['retry-after'] !== undefined, body: await body.text() };
    } catch (error) {
      return { status: 0, retryAfter: false, body: String(error) };
    }
  }
}

/** @param {Thing} thing */
function pathOf({ kind, id, post }) {
  return kind === 'post' ? `/api/posts/${id}` : `/api/posts/${post?.id}/comments/${id}`;
}
