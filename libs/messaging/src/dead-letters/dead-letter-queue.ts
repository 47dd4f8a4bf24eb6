import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ChannelModel } from 'amqplib';
import { DeadLetterScan, type Visitor } from './dead-letter-scan.js';
import { DeadLettersBusyError } from './errors.js';

/** How often it is tried again what somebody else does now, in milliseconds. */
const RETRY_EVERY = 200;
/** How long it may take until what was given back is in the queue, in milliseconds. */
const GIVE_BACK_TIMEOUT = 10_000;

/** AMQP's reply codes. */
const NOT_FOUND = 404;
const RESOURCE_LOCKED = 405;

/** A queue of dead letters, at which one operator works at a time: two would not see what the other one holds. */
export class DeadLetterQueue {
  constructor(
    private readonly connection: ChannelModel,
    readonly name: string,
    /** How long to wait for somebody else to finish, in milliseconds. */
    private readonly patience: number,
  ) {}

  /** Whether the queue is there. Looking declares nothing: a wrong RABBITMQ_URL shall not fill a stranger's vhost. */
  async exists(): Promise<boolean> {
    return (await this.count()) !== undefined;
  }

  /**
   * Shows every message that is in the queue now to `visit`, oldest first; see DeadLetterScan.
   *
   * @param visit gets a function besides that ends the walk
   * @throws DeadLettersBusyError when somebody else does not finish
   */
  async scan(visit: (...args: [...Parameters<Visitor>, stop: () => void]) => ReturnType<Visitor>): Promise<void> {
    const lock = await this.lock();
    try {
      const count = (await this.count()) ?? 0;
      if (count === 0) return;
      const removed = await this.walk(count, visit);
      await this.waitFor(count - removed);
    } finally {
      // It may be gone already, with the connection.
      await lock.deleteQueue(lockOf(this.name)).catch(() => undefined);
      await lock.close().catch(() => undefined);
    }
  }

  private async walk(count: number, visit: Parameters<DeadLetterQueue['scan']>[0]): Promise<number> {
    const channel = await this.connection.createChannel();
    const scan = new DeadLetterScan(channel, this.name, (message) => visit(message, () => scan.stop()));
    try {
      return await scan.run(count);
    } finally {
      await channel.close().catch(() => undefined);
    }
  }

  /** A queue that only one connection can have, and that goes with it. */
  private async lock(): Promise<Channel> {
    const deadline = Date.now() + this.patience;
    for (;;) {
      const channel = await this.quietChannel();
      try {
        const options = { exclusive: true, autoDelete: true, durable: false, arguments: { 'x-queue-type': 'classic' } };
        await channel.assertQueue(lockOf(this.name), options);
        return channel;
      } catch (error) {
        if ((error as { code?: unknown }).code !== RESOURCE_LOCKED) throw error;
        if (Date.now() > deadline) {
          throw new DeadLettersBusyError(`somebody else is at work in ${this.name}; try again when they have finished`);
        }
        await delay(RETRY_EVERY);
      }
    }
  }

  /** How many messages stand ready in the queue; undefined when there is no such queue. */
  private async count(): Promise<number | undefined> {
    const channel = await this.quietChannel();
    try {
      const { messageCount } = await channel.checkQueue(this.name);
      await channel.close();
      return messageCount;
    } catch (error) {
      if ((error as { code?: unknown }).code === NOT_FOUND) return undefined;
      throw error;
    }
  }

  /** Whoever looks next shall see everything again. */
  private async waitFor(count: number): Promise<void> {
    const deadline = Date.now() + GIVE_BACK_TIMEOUT;
    while (((await this.count()) ?? count) < count && Date.now() < deadline) await delay(20);
  }

  /** What is refused reaches us through its promise. */
  private async quietChannel(): Promise<Channel> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    return channel;
  }
}

const lockOf = (queue: string): string => `${queue} operator`;
