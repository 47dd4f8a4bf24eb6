import { type ChannelModel, connect, type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import { type CloudEvent, type EventData, type EventType, eventTable, eventTypes } from '#contracts';
import { CLOUD_EVENT_CONTENT_TYPE, createEvent, declareTopology } from '#messaging';
import { waitFor, type WaitOptions } from './wait-for.js';

/** Hears every event on the bus, and can speak on it. */
export class TestBus {
  private readonly recorded: CloudEvent[] = [];
  private readonly marks = new Map<string, () => void>();

  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
    private readonly queue: string,
  ) {}

  /** Connects, and records every event from now on. */
  static async connect(url: string, retryDelays: number[]): Promise<TestBus> {
    const connection = await connect(url);
    // A broker that is stopped in a test must not end the test's process.
    connection.on('error', () => undefined);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    await declareTopology(channel, retryDelays);
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
    const bus = new TestBus(connection, channel, queue);
    await bus.record();
    return bus;
  }

  /** The events heard so far, in order. */
  events<T extends EventType>(type: T): CloudEvent<T>[] {
    return this.recorded.filter((event) => event.type === type) as CloudEvent<T>[];
  }

  /** Waits for an event of `type` that `matches`. */
  waitFor<T extends EventType>(
    type: T,
    matches: (data: EventData<T>) => boolean = () => true,
    options: WaitOptions = {},
  ): Promise<CloudEvent<T>> {
    return waitFor(() => this.events(type).find(({ data }) => matches(data)), { what: `a ${type}`, ...options });
  }

  /** Publishes an event as the service would that the event table names. */
  async publish<T extends EventType>(type: T, data: EventData<T>): Promise<CloudEvent<T>> {
    const event = createEvent(eventTable[type].publisher, type, data);
    await this.publishEvent(event);
    return event;
  }

  /** Publishes this very event: a second time, say. */
  async publishEvent(event: CloudEvent): Promise<void> {
    await this.publishRaw(event.type, Buffer.from(JSON.stringify(event)), event.id);
  }

  /** Publishes any bytes to an exchange. */
  async publishRaw(exchange: string, content: Buffer, messageId?: string): Promise<void> {
    const options = messageId ? { messageId, contentType: CLOUD_EVENT_CONTENT_TYPE } : {};
    this.channel.publish(exchange, '', content, { persistent: true, ...options });
    await this.channel.waitForConfirms();
  }

  /** Resolves when every event was heard that was published by now. */
  async heardAll(): Promise<void> {
    const messageId = crypto.randomUUID();
    const heard = new Promise<void>((resolve) => this.marks.set(messageId, resolve));
    this.channel.sendToQueue(this.queue, Buffer.of(), { messageId });
    await heard;
  }

  async close(): Promise<void> {
    await this.connection.close().catch(() => undefined);
  }

  private async record(): Promise<void> {
    await Promise.all(eventTypes.map((type) => this.channel.bindQueue(this.queue, type, '')));
    await this.channel.consume(this.queue, (message) => message && this.receive(message), { noAck: true });
  }

  private receive({ content, properties }: ConsumeMessage): void {
    const mark = this.marks.get(String(properties.messageId));
    if (mark) mark();
    else this.hear(content);
  }

  private hear(content: Buffer): void {
    try {
      this.recorded.push(JSON.parse(content.toString()) as CloudEvent);
    } catch {
      // Not an event: some tests publish garbage.
    }
  }
}
