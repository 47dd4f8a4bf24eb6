import { setTimeout as delay } from 'node:timers/promises';
import { type ChannelModel, connect } from 'amqplib';
import { Announcement, SERVICE_ANNOUNCED } from '#contracts';

/** How long a node may take to shake hands, in milliseconds: then it is the next one's turn. */
const CONNECT_TIMEOUT = 5_000;

/** What stands in a queue now. */
export interface QueueDepth {
  /** Messages that wait for a consumer; those that consumers hold are not counted. */
  ready: number;
  consumers: number;
}

/** Looks at a broker, and declares and changes nothing that is there. */
export class BrokerView {
  private constructor(private readonly connection: ChannelModel) {
    // What breaks while we look is told by what we asked.
    connection.on('error', () => undefined);
  }

  /**
   * Connects to the first node that answers.
   *
   * @param urls AMQP URLs of the nodes of one RabbitMQ cluster
   * @throws the last node's error when none answers
   */
  static async open(urls: string[]): Promise<BrokerView> {
    let failure: unknown;
    for (const url of urls) {
      try {
        const options = { timeout: CONNECT_TIMEOUT, clientProperties: { connection_name: 'backlog' } };
        return new BrokerView(await connect(url, options));
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async close(): Promise<void> {
    await this.connection.close().catch(() => undefined);
  }

  /** @returns undefined when there is no such queue, or it has no leader that could answer */
  async depthOf(queue: string): Promise<QueueDepth | undefined> {
    // A channel of its own: a question about what is not there closes it.
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    try {
      const { messageCount, consumerCount } = await channel.checkQueue(queue);
      await channel.close();
      return { ready: messageCount, consumers: consumerCount };
    } catch {
      return undefined;
    }
  }

  /** The announcements that are heard within `milliseconds`; none where nobody has ever announced anything. */
  async announcements(milliseconds: number): Promise<Announcement[]> {
    const heard: Announcement[] = [];
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    try {
      const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
      await channel.bindQueue(queue, SERVICE_ANNOUNCED, '');
      await channel.consume(queue, (message) => message && heard.push(...announcementIn(message.content)), {
        noAck: true,
      });
      await delay(milliseconds);
      await channel.close();
    } catch {
      // There is no such exchange before the first process was started.
    }
    return heard;
  }
}

function announcementIn(content: Buffer): Announcement[] {
  try {
    return [Announcement.parse(JSON.parse(content.toString()))];
  } catch {
    return [];
  }
}
