import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ConfirmChannel } from 'amqplib';
import { type Backlog, Outbox, type OutboxMessage } from '#database';
import { BrokerConnection, type BrokerStatus } from './broker-connection.js';
import { Caretaker } from './caretaker.js';
import { CLOUD_EVENT_CONTENT_TYPE } from './event-envelope.js';
import { PublishRefusedError } from './errors.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';

/** How many events are published before their confirms are awaited together. */
const BATCH = 500;
/** How often to look for events without having been told, in milliseconds. */
const SWEEP_INTERVAL = 2_000;
/** How long a type whose events were refused is left out, in milliseconds, so that it does not hold up the others. */
const HOLD_FOR = 1_000;

/**
 * Publishes what the outbox holds, in order, and deletes what RabbitMQ has confirmed.
 *
 * - An event counts as published when it is confirmed and was not returned: a `mandatory` message that reached no
 *   queue comes back as a return, and is followed by a confirm all the same.
 * - While RabbitMQ blocks publishers, the outbox keeps everything: at most one batch is on its way.
 * - A crash between confirm and delete publishes an event again; inboxes make that harmless.
 * - Each copy publishes what it wrote itself; the caretaker among them also what copies wrote that are gone.
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
  /** Instances that are gone but have events waiting, and when that was looked up. */
  private orphans: { owners: string[]; at: number } = { owners: [], at: -Infinity };
  private interruptNap: () => void = () => undefined;
  private stopped = false;

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    private readonly outbox: Outbox,
    private readonly caretaker: Caretaker,
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
    await this.broker.closeIfBlocked();
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

  /** The same, and how long the oldest has waited. */
  backlog(): Promise<Backlog> {
    return this.outbox.backlog();
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
    if (!channel || this.broker.blocked) return false;
    try {
      const held = this.held.size;
      const filter = { owners: await this.owners(), withoutTypes: this.heldTypes(), limit: BATCH };
      const published = await this.outbox.take(filter, (messages) => this.publish(channel, messages));
      // Behind a batch that was refused there may be events of other types.
      return published > 0 || this.held.size > held;
    } catch (error) {
      this.logger.error(error);
      return false;
    }
  }

  private heldTypes(): string[] {
    const now = Date.now();
    for (const [type, until] of this.held) if (until <= now) this.held.delete(type);
    return [...this.held.keys()];
  }

  /** Whose events to publish. */
  private async owners(): Promise<string[]> {
    const { instance } = this.options;
    if (!this.caretaker.isChosen) return [instance];
    if (performance.now() - this.orphans.at > SWEEP_INTERVAL) {
      const living = await this.caretaker.livingInstances();
      const owners = (await this.outbox.owners()).filter((owner) => !living.includes(owner));
      this.orphans = { owners, at: performance.now() };
    }
    return [instance, ...this.orphans.owners];
  }

  /** @returns the ids of those that RabbitMQ has taken responsibility for */
  private async publish(channel: ConfirmChannel, messages: OutboxMessage[]): Promise<string[]> {
    const published: string[] = [];
    const failures = new Set<unknown>();
    await Promise.all(
      messages.map(async (message) => {
        const failure = await this.publishOne(channel, message);
        if (!failure) return published.push(message.eventId);
        failures.add(failure);
        if (channel === this.broker.current) this.held.set(message.type, Date.now() + HOLD_FOR);
      }),
    );
    if (failures.size > 0) this.afterFailures(channel, [...failures]);
    return published;
  }

  /**
   * A channel may refuse for ever what a fresh one takes at once: one that was open while the nodes of a cluster were
   * killed and came back. All confirms of the batch are in: none is lost with the channel.
   */
  private afterFailures(channel: ConfirmChannel, failures: unknown[]): void {
    this.logger.warn(`cannot publish ${failures.length} events now: ${String(failures[0])}`);
    const refused = failures.some((failure) => failure instanceof PublishRefusedError);
    if (refused && channel === this.broker.current) this.broker.reopen('RabbitMQ refused to take events');
  }

  /** @returns why RabbitMQ has not taken it; undefined when it has */
  private async publishOne(channel: ConfirmChannel, message: OutboxMessage): Promise<Error | undefined> {
    try {
      await this.broker.publish(channel, message.type, '', Buffer.from(message.body), {
        contentType: CLOUD_EVENT_CONTENT_TYPE,
        messageId: message.eventId,
        type: message.type,
        appId: this.options.service,
      });
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }
}
