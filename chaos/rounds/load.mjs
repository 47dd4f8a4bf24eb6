// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from './client.mjs';

/** @import { Ledger, Thing } from './ledger.mjs' */

/** What a client does next, of so many turns. */
const mix = /** @type {const} */ ({
  comment: 40,
  editComment: 12,
  deleteComment: 8,
  post: 3,
  editPost: 4,
  deletePost: 2,
  read: 31,
});
const turns = Object.entries(mix).flatMap(([name, count]) =>
  Array.from({ length: count }, () => /** @type {keyof typeof mix} */ (name)),
);

/** A client's first post stays through all rounds; it has at most so many. */
const mostPosts = 4;
/** How many of its comments a client edits and deletes. */
const mostComments = 100;
const pauseMs = 20;
const afterFailureMs = 200;

/** Clients that write and read at the gateway until they are paused, each with a short pause after each request. */
export class Load {
  /** What the clients comment on. @type {Thing[]} */
  #posts = [];
  /** @type {Client[]} */
  #clients;
  #running = false;
  /** @type {Promise<unknown>} */
  #work = Promise.resolve();

  /** @param {string} url of the gateway @param {Ledger} ledger @param {number} clients */
  constructor(url, ledger, clients) {
    this.#clients = Array.from({ length: clients }, () => new Client(url, ledger));
  }

  resume() {
    this.#running = true;
    this.#work = Promise.all(this.#clients.map((client) => this.#run(client)));
  }

  /** Resolves when the last request is answered, or will not be. */
  async pause() {
    this.#running = false;
    await this.#work;
  }

  async close() {
    await this.pause();
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  /** @param {Client} client */
  async #run(client) {
    while (this.#running) {
      await this.#act(client);
      await delay(client.failed ? afterFailureMs : pauseMs);
    }
  }

  /** @param {Client} client */
  async #act(client) {
    const [comment, post] = [anyOf(client.comments), anyOf(this.#posts)];
    if (client.posts.length === 0 || !post) return this.#createPost(client);
    switch (anyOf(turns)) {
      case 'comment':
        return this.#createComment(client, post);
      case 'editComment':
        return comment && client.edit(comment);
      case 'deleteComment':
        return comment && client.remove(comment);
      case 'post':
        return client.posts.length < mostPosts && this.#createPost(client);
      case 'editPost':
        return client.edit(/** @type {Thing} */ (anyOf(client.posts)));
      case 'deletePost':
        return this.#deletePost(client);
      case 'read':
      case undefined:
        return client.read(Math.random() < 0.5 ? '/api/posts' : `/api/posts/${post.id}/comments`);
    }
  }

  /** @param {Client} client */
  async #createPost(client) {
    const post = await client.createPost();
    if (post) this.#posts.push(post);
  }

  /** @param {Client} client @param {Thing} post */
  async #createComment(client, post) {
    await client.createComment(post);
    if (client.comments.length > mostComments) client.comments.shift();
  }

  /** @param {Client} client */
  async #deletePost(client) {
    const post = client.posts.at(-1);
    if (!post || client.posts.length < 2) return;
    this.#posts.splice(this.#posts.indexOf(post), 1);
    client.comments = client.comments.filter((comment) => comment.post !== post);
    await client.remove(post);
  }
}

/** @template Item @param {Item[]} items */
function anyOf(items) {
  return items[Math.floor(Math.random() * items.length)];
}
