import { Readable } from 'node:stream';
import { type ConfirmChannel, connect, type ConsumeMessage } from 'amqplib';
import type { CloudEvent } from '#contracts';
import { cancelConsumer } from './cancel-consumer.js';
import { OtherLogError } from './errors.js';
import { CLOUD_EVENT_CONTENT_TYPE, parseEvent } from './event-envelope.js';
import { markEnd } from './log-end.js';
import { declareTopology, EVENT_LOG } from './topology.js';

/** How many messages are on their way to us, or published and not confirmed yet. */
const WINDOW = 500;

/** The event log as a whole: to be read out into a file and to be filled again from one. */
export class EventLogArchive {
  private constructor(
    private readonly channel: ConfirmChannel,
    private readonly disconnect: () => Promise<void>,
  ) {}

  /**
   * Connects to the first node that answers, and declares what is missing.
   *
   * @param urls AMQP URLs of the nodes of one RabbitMQ cluster
   * @throws the last node's error when none answers
   */
  static async open(urls: string[]): Promise<EventLogArchive> {
    let failure: unknown;
    for (const url of urls) {
      try {
        const connection = await connect(url, { clientProperties: { connection_name: 'event log archive' } });
        const channel = await connection.createConfirmChannel();
        await declareTopology(channel, []);
        return new EventLogArchive(channel, () => connection.close());
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  close(): Promise<void> {
    return this.disconnect();
  }

  /** Every event that was in the log when this was called, in order. What is not an event of ours is left out. */
  async *events(): AsyncGenerator<CloudEvent> {
    for await (const { content } of this.messages()) {
      const event = eventIn(content);
      if (event) yield event;
    }
  }

  /**
   * Appends `events` to the log, and to nothing else: no service sees them come in. A log that holds the first of them
   * already, from an import that was interrupted, gets the others.
   *
   * @returns how many were appended
   * @throws OtherLogError when the log holds anything else; then nothing is changed
   */
  async import(events: AsyncIterable<CloudEvent>): Promise<number> {
    const rest = events[Symbol.asyncIterator]();
    for await (const held of this.events()) {
      const next = await rest.next();
      if (next.done || next.value.id !== held.id) {
        throw new OtherLogError(`the event log holds ${held.type} ${held.id} where the archive has something else`);
      }
    }
    let appended = 0;
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      this.append(next.value);
      appended += 1;
      if (appended % WINDOW === 0) await this.channel.waitForConfirms();
    }
    await this.channel.waitForConfirms();
    return appended;
  }

  private append(event: CloudEvent): void {
    this.channel.publish('', EVENT_LOG, Buffer.from(JSON.stringify(event)), {
      contentType: CLOUD_EVENT_CONTENT_TYPE,
      messageId: event.id,
      type: event.type,
      appId: event.source.replace('urn:parley:', ''),
      persistent: true,
    });
  }

  private async *messages(): AsyncGenerator<ConsumeMessage> {
    const end = await markEnd(this.channel);
    const arrived = new Readable({ objectMode: true, read: () => undefined });
    const fail = () => arrived.destroy(new Error('RabbitMQ closed the channel'));
    this.channel.once('close', fail);
    await this.channel.prefetch(WINDOW);
    const { consumerTag } = await this.channel.consume(EVENT_LOG, (message) => arrived.push(message), {
      arguments: { 'x-stream-offset': 'first' },
    });
    for await (const message of arrived as AsyncIterable<ConsumeMessage>) {
      this.channel.ack(message);
      if (message.properties.messageId === end) break;
      yield message;
    }
    this.channel.off('close', fail);
    await cancelConsumer(this.channel, consumerTag, (message) => message && this.channel.ack(message));
  }
}

function eventIn(content: Buffer): CloudEvent | undefined {
  try {
    return parseEvent(content);
  } catch {
    return undefined;
  }
}
