// @ts-check
import { deadLetterQueueOf } from '#messaging';
import { withChannel } from './broker-channel.mjs';

/** @import { ConfirmChannel } from 'amqplib' */
/** @import { FaultSite } from '../faults/fault.mjs' */

/**
 * What stands in queues.
 * @typedef {object} Queued
 * @property {Record<string, number>} waiting how many messages are in each queue where events only pass
 * @property {Record<string, string[]>} dead the `messageId`s in each queue of dead letters
 */

const workMs = 30_000;
const deadLetters = /** @type {const} */ (['comments', 'moderation', 'query']).map(deadLetterQueueOf);

/** Looks into the queues, from outside, and leaves everything there. */
export class QueueReader {
  /** @type {Map<string, string[]>} */
  #known = new Map();

  /** @param {FaultSite} site */
  constructor(site) {
    this.site = site;
  }

  /** @returns {Promise<Queued>} */
  async read() {
    const names = await this.#passed();
    return withChannel(
      this.site,
      async (channel) => ({
        waiting: await counts(channel, names),
        dead: Object.fromEntries(await inTurn(deadLetters, async (name) => [name, await this.#deadIn(channel, name)])),
      }),
      workMs,
    );
  }

  /** The queues where events only pass: of services, and their retries. @returns {Promise<string[]>} */
  async #passed() {
    const { origin, username, password } = new URL(this.site.broker.managementUrl);
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const response = await fetch(`${origin}/api/queues?columns=name`, { headers: { authorization } });
    const queues = /** @type {{ name: string }[]} */ (await response.json());
    return queues.map(({ name }) => name).filter((name) => /^(comments|moderation)(\.retry\..+)?$/.test(name));
  }

  /** Reads them again only when their number is another. @param {ConfirmChannel} channel @param {string} queue */
  async #deadIn(channel, queue) {
    const { messageCount } = await channel.checkQueue(queue);
    const known = this.#known.get(queue);
    if (known?.length === messageCount) return known;
    const ids = await idsIn(channel, queue);
    this.#known.set(queue, ids);
    return ids;
  }
}

/** @param {ConfirmChannel} channel @param {string[]} names */
async function counts(channel, names) {
  return Object.fromEntries(await inTurn(names, async (name) => [name, (await channel.checkQueue(name)).messageCount]));
}

/** Takes all and puts them back. @param {ConfirmChannel} channel @param {string} queue */
async function idsIn(channel, queue) {
  const ids = [];
  for (let message = await channel.get(queue); message; message = await channel.get(queue)) {
    ids.push(String(message.properties.messageId));
  }
  channel.nackAll();
  return ids;
}

/** @template Item, Result @param {readonly Item[]} items @param {(item: Item) => Promise<Result>} work */
async function inTurn(items, work) {
  const results = [];
  for (const item of items) results.push(await work(item));
  return results;
}
