// @ts-check
import { randomUUID } from 'node:crypto';
import { eventTable } from '#contracts';
import { EVENT_LOG, isMark, markEnd, parseEvent } from '#messaging';
import { shuffled } from '../rounds/random.mjs';

/** @import { ConfirmChannel, ConsumeMessage, Options } from 'amqplib' */
/** @import { EventType } from '#contracts' */
/** @import { FaultContext } from './fault.mjs' */

/** @typedef {{ id: string, type: EventType, content: Buffer, options: Options.Publish }} RecentEvent */

// Longer than RabbitMQ is down in any fault, and the gateway.
const recentSeconds = 120;
const window = 500;

/**
 * Events of the last two minutes as they stand in the event log, chosen by chance, in their order.
 * @param {ConfirmChannel} channel without consumers
 * @param {number} count how many at most
 * @param {FaultContext['random']} random
 * @returns {Promise<RecentEvent[]>}
 * @throws when there are none
 */
export async function recentEvents(channel, count, random) {
  const messages = await readRecent(channel);
  const events = messages.flatMap((message) => eventIn(message) ?? []);
  if (events.length === 0) throw new Error(`the event log has no events of the last ${recentSeconds} s`);
  const chosen = new Set(shuffled(random, events).slice(0, count));
  return events.filter((event) => chosen.has(event));
}

/** The services whose queue gets this event. @param {RecentEvent} event */
export function reactorsTo({ type }) {
  return eventTable[type].reactors;
}

/** @param {ConfirmChannel} channel @returns {Promise<ConsumeMessage[]>} */
async function readRecent(channel) {
  const mark = randomUUID();
  const since = { '!': 'timestamp', value: Math.floor(Date.now() / 1000) - recentSeconds };
  await channel.prefetch(window);
  /** @type {ConsumeMessage[]} */
  const messages = [];
  return new Promise((resolve, reject) => {
    /** @param {ConsumeMessage | null} message */
    const receive = (message) => {
      if (!message) return reject(new Error('RabbitMQ cancelled the reader of the event log'));
      channel.ack(message);
      messages.push(message);
      if (message.properties.messageId === mark) resolve(messages);
    };
    channel
      .consume(EVENT_LOG, receive, { arguments: { 'x-stream-offset': since } })
      // Behind what is there: RabbitMQ does not tell where a stream ends.
      .then(() => markEnd(channel, mark))
      .catch(reject);
  });
}

/** @param {ConsumeMessage} message @returns {RecentEvent | undefined} */
function eventIn(message) {
  if (isMark(message)) return undefined;
  try {
    const { id, type } = parseEvent(message.content);
    return { id, type, content: message.content, options: propertiesOf(message) };
  } catch {
    // Poison, that another fault has injected.
    return undefined;
  }
}

/** What is kept of a message's properties when it is sent again. @param {ConsumeMessage} message @returns {Options.Publish} */
function propertiesOf({ properties }) {
  const { contentType, messageId, type, appId } = properties;
  return { contentType, messageId, type, appId, persistent: true };
}
