import { setTimeout as delay } from 'node:timers/promises';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import type { AppProcess } from './app-process.js';
import { EventLogFollower } from './event-log-follower.js';
import { hasWork, ServiceWatch } from './service-watch.js';
import type { TestBus } from './test-bus.js';
import type { TestDatabases } from './test-databases.js';
import type { TestVhost } from './test-vhost.js';

export interface SettledOptions {
  /** Give up after this long, in milliseconds. */
  timeout?: number;
}

/** What there is to settle. */
export interface Settling {
  processes: AppProcess[];
  databases: TestDatabases;
  vhost: TestVhost;
  bus: TestBus;
}

/** Between looks, in milliseconds. */
const PAUSE = 20;
/** A look that takes longer gets no answer from somewhere, in milliseconds. */
const LOOK_TIMEOUT = 10_000;

/**
 * Resolves when no work is left. `Watch.look` decides it; here is only the pause between looks. There is at least one,
 * however short the time is.
 *
 * @throws Error that says what is still moving
 */
export async function settled(settling: Settling, { timeout = 20_000 }: SettledOptions = {}): Promise<void> {
  const deadline = Date.now() + timeout;
  let watch: Watch | undefined;
  try {
    for (let moving = ['']; moving.length > 0; await delay(PAUSE)) {
      try {
        watch ??= await Watch.open(settling);
        moving = await inTime(watch.look());
      } catch (error) {
        moving = [`cannot look: ${String(error)}`];
        await watch?.close();
        watch = undefined;
      }
      if (moving.length > 0 && Date.now() > deadline) throw new Error(explain(timeout, moving));
    }
  } finally {
    await watch?.close();
  }
}

const explain = (timeout: number, moving: string[]): string =>
  `not settled after ${timeout} ms:\n${moving.map((line) => `- ${line}`).join('\n')}`;

async function inTime<T>(work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const tooLong = async (): Promise<never> => {
    await delay(LOOK_TIMEOUT, undefined, { signal: stop.signal });
    throw new Error('no answer');
  };
  try {
    return await Promise.race([work, tooLong()]);
  } finally {
    stop.abort();
  }
}

/** Sees all places in which work can be, from outside the apps as far as that goes. */
class Watch {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: Channel,
    private readonly log: EventLogFollower,
    private readonly bus: TestBus,
    private readonly services: ServiceWatch[],
  ) {}

  static async open({ processes, databases, vhost, bus }: Settling): Promise<Watch> {
    const queues = (await vhost.queues()).map(({ name }) => name);
    const connection = await connect(vhost.url);
    // What went wrong is said where it is waited for.
    connection.on('error', () => undefined);
    const services: ServiceWatch[] = [];
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      for (const process of processes.filter(({ name }) => hasWork(name))) {
        services.push(await ServiceWatch.open(process, await databases.urlOf(process.name), queues));
      }
      const log = await EventLogFollower.open(connection);
      await log.readToEnd();
      return new Watch(connection, channel, log, bus, services);
    } catch (error) {
      await closeAll(connection, services);
      throw error;
    }
  }

  /**
   * Looks once, in an order from which follows that what is not seen is not there:
   *
   * 1. Each service has nothing in its queues or in flight, and has handled all that the log is known to hold. What
   *    handling them put into the outbox was committed with that.
   * 2. The outboxes are empty: what they held was published.
   * 3. The log, read to its end, holds no more than it was known to hold. So nothing was published that is not handled,
   *    and by induction nothing is left that could publish.
   *
   * @returns what is still moving, a line each; none when no work is left
   */
  async look(): Promise<string[]> {
    const { messages } = this.log;
    const known = [...messages];
    const moving: string[] = [];
    for (const service of this.services) moving.push(...(await service.look(known, this.channel)));
    for (const service of this.services) moving.push(...(await service.lookAtOutbox()));
    if (moving.length > 0) return moving;
    await this.log.readToEnd();
    await this.bus.heardAll();
    return messages.length > known.length ? [`${messages.length - known.length} more in the event log`] : [];
  }

  close(): Promise<void> {
    return closeAll(this.connection, this.services);
  }
}

async function closeAll(connection: ChannelModel, services: ServiceWatch[]): Promise<void> {
  await connection.close().catch(() => undefined);
  for (const service of services) await service.close();
}
