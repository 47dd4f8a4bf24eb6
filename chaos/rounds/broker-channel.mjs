// @ts-check
import { connect } from 'amqplib';

/** @import { ConfirmChannel } from 'amqplib' */
/** @import { FaultSite } from '../faults/fault.mjs' */

/**
 * Does something with a channel to the first RabbitMQ node that answers, not through any link.
 * @template Result
 * @param {FaultSite} site
 * @param {(channel: ConfirmChannel) => Promise<Result>} work
 * @param {number} timeoutMs after which it is given up
 * @returns {Promise<Result>}
 */
export async function withChannel({ nodes }, work, timeoutMs) {
  const connection = await connectToOne(nodes.map(({ url }) => url));
  connection.on('error', () => {});
  const timer = setTimeout(() => void connection.close().catch(() => {}), timeoutMs);
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    return await work(channel);
  } finally {
    clearTimeout(timer);
    await connection.close().catch(() => {});
  }
}

/** @param {string[]} urls */
async function connectToOne(urls) {
  /** @type {unknown} */
  let failure;
  for (const url of urls) {
    try {
      return await connect(url, { clientProperties: { connection_name: 'chaos' }, timeout: 5000 });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
