import { randomUUID } from 'node:crypto';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { v7 as uuidv7 } from 'uuid';
import { EVENT_LOG } from './topology.js';

/**
 * What a mark in the event log is called: a CloudEvent of no service, which readers pass over. RabbitMQ does not tell
 * where a stream ends, and from an empty one nothing comes at all, however long one waits. A mark of one's own comes.
 */
const MARK_TYPE = 'event-log.mark';

/** Whether a message in the event log is a mark, and no event. */
export const isMark = ({ properties }: ConsumeMessage): boolean => properties.type === MARK_TYPE;

/**
 * Puts a mark at the end of the event log.
 *
 * @returns the mark's `messageId`, once RabbitMQ has it
 */
export async function markEnd(channel: ConfirmChannel): Promise<string> {
  const id = uuidv7();
  const event = {
    specversion: '1.0',
    id,
    source: 'urn:parley:event-log',
    type: MARK_TYPE,
    time: new Date().toISOString(),
  };
  const options = { messageId: id, type: MARK_TYPE, contentType: 'application/cloudevents+json', persistent: true };
  await new Promise<void>((resolve, reject) => {
    channel.publish('', EVENT_LOG, Buffer.from(JSON.stringify(event)), options, (error: unknown) =>
      error ? reject(new Error('RabbitMQ did not take a mark for the event log', { cause: error })) : resolve(),
    );
  });
  return id;
}

/**
 * The offset at which the event log ends now: of a mark that is put there for this.
 *
 * @param channel without consumers of its own yet, as its prefetch is set
 */
export async function endOfLog(channel: ConfirmChannel): Promise<number> {
  const mark = await markEnd(channel);
  const consumerTag = `end of log ${randomUUID()}`;
  await channel.prefetch(100);
  const offset = await new Promise<number>((resolve, reject) => {
    const look = (message: ConsumeMessage | null): void => {
      if (!message) return reject(new Error('RabbitMQ cancelled a reader of the event log'));
      if (message.properties.messageId === mark) resolve(offsetOf(message));
      channel.ack(message);
    };
    // Begins with the last chunk that was written, or the one before, if that one was written just now.
    channel.consume(EVENT_LOG, look, { consumerTag, arguments: { 'x-stream-offset': 'last' } }).catch(reject);
  });
  await channel.cancel(consumerTag);
  return offset;
}

/** Where in the event log a message is. */
export const offsetOf = (message: ConsumeMessage): number => Number(message.properties.headers?.['x-stream-offset']);
