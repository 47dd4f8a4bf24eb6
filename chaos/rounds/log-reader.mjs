// @ts-check
import { EVENT_LOG, isMark, markEnd, offsetOf } from '#messaging';
import { withChannel } from './broker-channel.mjs';

/** @import { ConfirmChannel, ConsumeMessage } from 'amqplib' */
/** @import { FaultSite } from '../faults/fault.mjs' */
/** @import { Logged, LoggedEvent } from './logged.mjs' */

const readMs = 60_000;

/** Reads the event log, from outside, on from where it was the last time. */
export class LogReader {
  #next = 0;

  /** @param {FaultSite} site @param {Logged} logged takes what is read */
  constructor(site, logged) {
    this.site = site;
    this.logged = logged;
  }

  /** Reads to the end. */
  async read() {
    await withChannel(this.site, (channel) => this.#readWith(channel), readMs);
  }

  /** @param {ConfirmChannel} channel */
  async #readWith(channel) {
    const end = await markEnd(channel);
    await channel.prefetch(500);
    const offset = this.#next === 0 ? 'first' : this.#next;
    await new Promise((resolve, reject) => {
      channel.once('close', () => reject(new Error('RabbitMQ closed the channel')));
      const receive = (/** @type {ConsumeMessage | null} */ message) => {
        if (!message) return reject(new Error('RabbitMQ cancelled the reader'));
        channel.ack(message);
        this.#take(message);
        if (message.properties.messageId === end) resolve(undefined);
      };
      channel.consume(EVENT_LOG, receive, { arguments: { 'x-stream-offset': offset } }).catch(reject);
    });
  }

  /** A stream begins with the chunk that the offset is in: what comes before it is known. @param {ConsumeMessage} message */
  #take(message) {
    if (offsetOf(message) < this.#next) return;
    this.#next = offsetOf(message) + 1;
    const event = isMark(message) ? undefined : eventIn(message.content);
    if (event && !this.#isPoison(message.properties.messageId)) this.logged.add(event);
  }

  /** @param {unknown} messageId */
  #isPoison(messageId) {
    return this.site.poison.some((poison) => poison.messageId === messageId);
  }
}

/** @param {Buffer} content @returns {LoggedEvent | undefined} */
function eventIn(content) {
  try {
    const { id, type, time, data } = JSON.parse(content.toString());
    return typeof type === 'string' && typeof data?.version === 'number' ? { id, type, time, data } : undefined;
  } catch {
    return undefined;
  }
}
