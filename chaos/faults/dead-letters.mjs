// @ts-check

/** @import { ConfirmChannel, ConsumeMessage } from 'amqplib' */
/** @import { Poison } from './fault.mjs' */

/**
 * Waits until messages whose bodies contain these ids stand in a dead-letter queue, and leaves them there.
 * @param {ConfirmChannel} channel gives back what it has looked at when it is closed
 * @param {string} queue
 * @param {{ ids: string[], times: number }} wanted `times`: how many messages for each id
 * @returns {Promise<Poison[]>} what they are called there
 * @throws when the channel is closed before
 */
export function lookUp(channel, queue, { ids, times }) {
  /** @type {Poison[]} */
  const found = [];
  return new Promise((resolve, reject) => {
    const missing = () => `${ids.length * times - found.length} poisonous messages did not come into ${queue}`;
    channel.once('close', () => reject(new Error(missing())));
    /** @param {ConsumeMessage | null} message */
    const receive = (message) => {
      const text = String(message?.content);
      if (ids.some((id) => text.includes(id))) {
        found.push({ queue, messageId: String(message?.properties.messageId) });
      }
      if (found.length === ids.length * times) resolve(found);
    };
    channel.consume(queue, receive).catch(reject);
  });
}
