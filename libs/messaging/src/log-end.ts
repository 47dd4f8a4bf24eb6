import { setTimeout as delay } from 'node:timers/promises';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { v7 as uuidv7 } from 'uuid';
import { cancelConsumer } from './cancel-consumer.js';
import { CLOUD_EVENT_CONTENT_TYPE } from './event-envelope.js';
import { offsetOf } from './log-message.js';
import { EVENT_LOG } from './topology.js';

/**
 * What a mark in the event log is called: a CloudEvent of no service, which readers pass over. RabbitMQ does not tell
 * where a stream ends, and from an empty one nothing comes at all, however long one waits. A mark of one's own comes.
 */
const MARK_TYPE = 'event-log.mark';

/** How long to read the last chunk of the log, in milliseconds. */
const LOOK_FOR = 500;

/** Whether a message in the event log is a mark, and no event. */
export const isMark = ({ properties }: ConsumeMessage): boolean => properties.type === MARK_TYPE;

/**
 * Puts a mark at the end of the event log.
 *
 * @param id the mark's `messageId`
 * @returns that, once RabbitMQ has the mark
 */
export async function markEnd(channel: ConfirmChannel, id = uuidv7()): Promise<string> {
  const event = {
    specversion: '1.0',
    id,
    source: 'urn:parley:event-log',
    type: MARK_TYPE,
    time: new Date().toISOString(),
  };
  const options = { messageId: id, type: MARK_TYPE, contentType: CLOUD_EVENT_CONTENT_TYPE, persistent: true };
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
  const mark = uuidv7();
  const consumerTag = `end of log ${mark}`;
  await channel.prefetch(100);
  let found: (offset: number) => void;
  const offset = new Promise<number>((resolve) => (found = resolve));
  // Listens before the mark is put: behind it, others may write so much that it is not in the last chunk any more.
  await channel.consume(
    EVENT_LOG,
    (message) => {
      // A cancelled reader cancels the set-up, which is limited in time.
      if (!message) return;
      if (message.properties.messageId === mark) found(offsetOf(message));
      channel.ack(message);
    },
    { consumerTag, arguments: { 'x-stream-offset': 'next' } },
  );
  await markEnd(channel, mark);
  const end = await offset;
  await cancelConsumer(channel, consumerTag, (message) => message && channel.ack(message));
  return end;
}

/**
 * Where the event log ends, as nearly as it can be told without a mark: how far one comes from its last chunk in a moment.
 * May be asked of a channel that consumes already.
 *
 * @returns -1 where nothing comes, as from an empty log
 */
export async function lastOfLog(channel: ConfirmChannel): Promise<number> {
  const consumerTag = `last of log ${uuidv7()}`;
  let last = -1;
  // Holds for consumers to come, not for those that there are.
  await channel.prefetch(500);
  await channel.consume(
    EVENT_LOG,
    (message) => {
      if (!message) return;
      // At once: acknowledging several, as others do on this channel, must not have come before.
      channel.ack(message);
      last = offsetOf(message);
    },
    { consumerTag, arguments: { 'x-stream-offset': 'last' } },
  );
  await delay(LOOK_FOR);
  await cancelConsumer(channel, consumerTag, (message) => message && channel.ack(message));
  return last;
}
