import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ConfirmChannel } from 'amqplib';
import { In, LessThan, Not, type Repository } from 'typeorm';
import { OutboxMessage, UnitOfWork } from '#database';
import { BrokerConnection, type BrokerStatus } from './broker-connection.js';
import { CLOUD_EVENT_CONTENT_TYPE } from './event-envelope.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';

/** How many events are published before their confirms are awaited together. */
const BATCH = 500;
/** A confirm that takes longer will not come: the channel is given up, in milliseconds. */
const CONFIRM_TIMEOUT = 10_000;
/** How often to look for events without having been told, in milliseconds. */
const SWEEP_INTERVAL = 2_000;
/** From this age on any copy publishes an event, because the one that wrote it may be gone, in milliseconds. */
const ORPHANED_AFTER = 30_000;
/** How long a type whose events were refused is left out, in milliseconds, so that it does not hold up the others. */
const HOLD_FOR = 1_000;

/**
 * Publishes what the outbox holds, in order, and deletes what RabbitMQ has confirmed.
 *
 * - An event counts as published when it is confirmed and was not returned: a `mandatory` message that reached no
 *   queue comes back as a return, and is followed by a confirm all the same.
 * - A crash between confirm and delete publishes an event again; inboxes make that harmless.
 * - Each copy publishes what it wrote itself, and what has waited so long that its writer may be gone.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly broker: BrokerConnection;
  /** Types that were refused, and until when they are left out. */
  private readonly held = new Map<string, number>();
  private work: Promise<void> | undefined;
  /** Set by `wake()`: look again before napping. */
  private awake = false;
  private interruptNap: () => void = () => undefined;
  private stopped = false;

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    @InjectRepository(OutboxMessage) private readonly outbox: Repository<OutboxMessage>,
    private readonly unitOfWork: UnitOfWork,
  ) {
    this.broker = new BrokerConnection({
      name: `${options.instance} publisher`,
      urls: options.urls,
      retryDelays: options.retryDelays,
      // The channel becomes the current one right after this.
      onChannel: () => Promise.resolve(void setImmediate(() => this.wake())),
    });
  }

  get status(): BrokerStatus {
    return this.broker.status;
  }

  onApplicationBootstrap(): void {
    this.broker.connect();
    this.work = this.run();
  }

  /** Publishes what is left, for as long as shutting down may take, and closes. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.work;
    await this.broker.close();
  }

  /** Says that the outbox has new events. */
  wake(): void {
    this.awake = true;
    this.interruptNap();
  }

  /** How many events wait to be published. */
  pending(): Promise<number> {
    return this.outbox.count();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.awake = false;
      const more = await this.publishBatch();
      if (!more && !this.awake) await this.nap();
    }
    const deadline = Date.now() + this.options.shutdownTimeout;
    while (Date.now() < deadline && (await this.publishBatch()));
  }

  private nap(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, SWEEP_INTERVAL);
      this.interruptNap = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns whether to look again at once; not when nothing is left, or RabbitMQ or the database cannot be used now */
  private async publishBatch(): Promise<boolean> {
    const channel = this.broker.current;
    if (!channel) return false;
    try {
      const messages = await this.nextMessages();
      const held = this.held.size;
      const published = await this.publish(channel, messages);
      if (published.length > 0) {
        await this.unitOfWork.run((manager) => manager.delete(OutboxMessage, { position: In(published) }));
      }
      // Behind a batch that was refused there may be events of other types.
      return published.length > 0 || this.held.size > held;
    } catch (error) {
      this.logger.error(error);
      return false;
    }
  }

  private nextMessages(): Promise<OutboxMessage[]> {
    const now = Date.now();
    for (const [type, until] of this.held) if (until <= now) this.held.delete(type);
    const type = this.held.size > 0 ? { type: Not(In([...this.held.keys()])) } : {};
    return this.outbox.find({
      where: [
        { owner: this.options.instance, ...type },
        { createdAt: LessThan(new Date(now - ORPHANED_AFTER).toISOString()), ...type },
      ],
      order: { position: 'ASC' },
      take: BATCH,
    });
  }

  /** @returns the positions of those that RabbitMQ has taken responsibility for */
  private async publish(channel: ConfirmChannel, messages: OutboxMessage[]): Promise<number[]> {
    if (messages.length === 0) return [];
    const published: number[] = [];
    const confirms = messages.map(async (message) => {
      if (await this.publishOne(channel, message)) published.push(message.position);
      else if (channel === this.broker.current) this.held.set(message.type, Date.now() + HOLD_FOR);
    });
    const timeout = new AbortController();
    const outcome = await Promise.race([
      Promise.all(confirms),
      delay(CONFIRM_TIMEOUT, 'timeout', { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
    if (outcome === 'timeout') this.broker.reopen('RabbitMQ did not confirm in time');
    return [...published];
  }

  private async publishOne(channel: ConfirmChannel, message: OutboxMessage): Promise<boolean> {
    try {
      await this.broker.publish(channel, message.type, '', Buffer.from(message.body), {
        contentType: CLOUD_EVENT_CONTENT_TYPE,
        messageId: message.eventId,
        type: message.type,
        appId: this.options.service,
      });
      return true;
    } catch (error) {
      this.logger.warn(`cannot publish ${message.type} now: ${String(error)}`);
      return false;
    }
  }
}
