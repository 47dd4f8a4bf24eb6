// @ts-check
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { withChannel } from '../rounds/broker-channel.mjs';

/** @import { ConfirmChannel } from 'amqplib' */
/** @import { FaultSite } from './fault.mjs' */

const workMs = 180_000;
/** What came back is at the head of the queue: it is delivered before so many others. */
const further = 20;
const furtherMs = 10_000;

/**
 * Has RabbitMQ tell of everything that it delivers from a queue (its message tracing) while something is done, and for some
 * deliveries after that.
 * @param {FaultSite} site
 * @param {string} queue
 * @param {() => Promise<unknown>} work
 * @returns {Promise<{ delivered: number, redelivered: string[] }>} `redelivered`: ids of what was sent to a consumer and came
 *   again. RabbitMQ also calls those redelivered that it was about to send when their consumer went; nobody has seen them.
 */
export function watchDeliveries(site, queue, work) {
  return withChannel(
    site,
    async (channel) => {
      const seen = { delivered: 0, redelivered: /** @type {string[]} */ ([]) };
      await listen(channel, queue, seen);
      await setTracing(site, true);
      try {
        await work();
        const until = seen.delivered + further;
        await waitFor(() => seen.delivered >= until, { timeoutMs: furtherMs });
      } finally {
        await setTracing(site, false);
      }
      return seen;
    },
    workMs,
  );
}

/** @param {ConfirmChannel} channel @param {string} queue @param {{ delivered: number, redelivered: string[] }} seen */
async function listen(channel, queue, seen) {
  const sent = new Set(/** @type {string[]} */ ([]));
  const own = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(own.queue, 'amq.rabbitmq.trace', `deliver.${queue}`);
  await channel.consume(
    own.queue,
    (message) => {
      const { redelivered, properties } = message?.properties.headers ?? {};
      seen.delivered += 1;
      const id = String(properties?.message_id);
      if (Number(redelivered) === 1 && sent.has(id)) seen.redelivered.push(id);
      sent.add(id);
    },
    { noAck: true },
  );
}

/** @param {FaultSite} site @param {boolean} tracing */
async function setTracing({ broker }, tracing) {
  const { origin, username, password } = new URL(broker.managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${origin}/api/vhosts/%2F`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ tracing }),
  });
  if (!response.ok) throw new Error(`RabbitMQ cannot be told to trace: ${response.status} ${await response.text()}`);
}
