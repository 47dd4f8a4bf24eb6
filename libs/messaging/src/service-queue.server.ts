import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { type CloudEvent, eventsReactedToBy } from '#contracts';
import { BrokerConnection, type BrokerStatus } from './broker-connection.js';
import { cancelConsumer } from './cancel-consumer.js';
import { parseEvent } from './event-envelope.js';
import { EventServer } from './event-server.js';
import { nextStop } from './failure-policy.js';
import { withinHandlerTimeout } from './handler-timeout.js';
import { Inbox } from './inbox.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { queueOf } from './topology.js';

/** Acknowledgements that reach a quorum queue right before a channel closes are partly lost: its time for them, in milliseconds. */
const ACK_GRACE = 100;

/**
 * How long handling an event may take, its wait for the database included, in milliseconds. Its unit of work has 10 s, so
 * that this is for what hangs around it. RabbitMQ itself would wait for 30 minutes, and then close the channel.
 */
const HANDLER_TIMEOUT = 60_000;

/** What a copy has received and not acknowledged yet. */
export interface ConsumerStatus extends BrokerStatus {
  unacked: number;
  /** How long the oldest of them has been here; 0 when there is none. */
  oldestSeconds: number;
}

/**
 * Receives a service's events from its queue, on which the service's copies compete.
 *
 * Each message is settled exactly once, after its handler's transaction:
 *
 * - the handler returned, or the inbox knows the event: acknowledged;
 * - it threw something that may pass: sent to a retry queue, and acknowledged once that is confirmed;
 * - it took too long: as if it had thrown something that may pass. Should it end after all, the inbox sees to it that
 *   the event takes effect once;
 * - it threw something permanent, or no attempt is left: the same with the dead letters;
 * - RabbitMQ went away meanwhile, or would not take the failed message: not settled, so it comes again. While it blocks
 *   publishers, that one waits, and so do the acknowledgements behind it: no more come than PREFETCH.
 */
@Injectable()
export class ServiceQueueServer extends EventServer {
  protected readonly broker: BrokerConnection;
  private readonly consumerTag: string;
  /** What is being worked on, and since when, the oldest first. */
  private readonly inFlight = new Map<Promise<void>, number>();
  private closing = false;

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    private readonly inbox: Inbox,
  ) {
    super();
    this.consumerTag = options.instance;
    this.broker = new BrokerConnection({
      name: `${options.instance} consumer`,
      urls: options.urls,
      retryDelays: options.retryDelays,
      onChannel: (channel) => this.consume(channel),
    });
  }

  override get brokerStatus(): ConsumerStatus {
    const [oldest = Date.now()] = this.inFlight.values();
    const oldestSeconds = Math.round((Date.now() - oldest) / 1_000);
    return { ...this.broker.status, unacked: this.inFlight.size, oldestSeconds };
  }

  /** @throws Error when the handlers and the event table disagree */
  override listen(callback: () => void): void {
    const expected = eventsReactedToBy(this.options.service).toSorted().join(', ');
    const handled = [...this.getHandlers().keys()].toSorted().join(', ');
    if (expected !== handled) {
      throw new Error(`the event table says that ${this.options.service} reacts to ${expected}; it handles ${handled}`);
    }
    super.listen(callback);
  }

  /**
   * How many messages wait in the service's queue or are being handled by this copy.
   *
   * @throws Error when RabbitMQ cannot be asked
   */
  async backlog(): Promise<number> {
    const channel = this.broker.current;
    if (!channel) throw new Error(`${this.options.instance} consumer: ${this.broker.status.detail}`);
    const { messageCount } = await channel.checkQueue(queueOf(this.options.service));
    // What RabbitMQ gave to this copy before it answered may still be on its way; it comes before a second answer.
    await channel.checkQueue(queueOf(this.options.service));
    return messageCount + this.inFlight.size;
  }

  /** Takes no further messages, finishes those in flight within the deadline, and closes. */
  override async close(): Promise<void> {
    await this.broker.closeIfBlocked();
    await Promise.race([this.finish(), delay(this.options.shutdownTimeout, undefined, { ref: false })]);
    this.closing = true;
    await this.settleAcks();
    await this.broker.close();
  }

  /** What RabbitMQ sends until it has cancelled is handled as well: left alone, it would be delivered again. */
  private async finish(): Promise<void> {
    const { current } = this.broker;
    if (current) await this.cancel(current).catch(() => undefined);
    this.closing = true;
    while (this.inFlight.size > 0) await Promise.all(this.inFlight.keys());
  }

  /** What the queue sent before it knew comes before its answer to a question. */
  private async cancel(channel: ConfirmChannel): Promise<void> {
    await cancelConsumer(channel, this.consumerTag, (message) => message && this.receive(message, channel));
    await channel.checkQueue(queueOf(this.options.service));
  }

  /** A busy RabbitMQ takes its time: its answer to a question that was put after them says that it has read all of them. */
  private async settleAcks(): Promise<void> {
    const { current } = this.broker;
    if (!current) return;
    const asked = current.checkQueue(queueOf(this.options.service)).catch(() => undefined);
    await Promise.race([asked, delay(this.options.shutdownTimeout, undefined, { ref: false })]);
    await delay(ACK_GRACE);
  }

  private async consume(channel: ConfirmChannel): Promise<void> {
    // A connection that comes back while we stop brings nothing new.
    if (this.closing) return;
    await channel.prefetch(this.options.prefetch);
    await channel.consume(queueOf(this.options.service), (message) => this.receive(message, channel), {
      consumerTag: this.consumerTag,
    });
  }

  private receive(message: ConsumeMessage | null, channel: ConfirmChannel): void {
    if (!message) {
      // RabbitMQ cancelled the consumer: its queue was deleted. A fresh channel declares it again.
      if (this.broker.isLive(channel)) this.broker.reopen('RabbitMQ cancelled the consumer');
      return;
    }
    // It could not be cancelled, as on a connection that is lost: left unsettled, it goes to another copy.
    if (this.closing) return;
    const work = this.handle(message, channel).finally(() => this.inFlight.delete(work));
    this.inFlight.set(work, Date.now());
  }

  private async handle(message: ConsumeMessage, channel: ConfirmChannel): Promise<void> {
    try {
      await this.attempt(parseEvent(message.content), message, channel);
    } catch (error) {
      if (!(await this.sendOn(message, channel, error))) return;
    }
    try {
      channel.ack(message);
    } catch {
      // The channel is gone: the message comes again, and the inbox makes that harmless.
    }
  }

  private attempt(event: CloudEvent, message: ConsumeMessage, channel: ConfirmChannel): Promise<unknown> {
    return withinHandlerTimeout(this.options.handlerTimeout ?? HANDLER_TIMEOUT, (begin) =>
      this.inbox.handleOnce(event.id, () => {
        begin();
        return this.callHandler(event, message, channel);
      }),
    );
  }

  /** @returns whether RabbitMQ has the message safely in the next queue */
  private async sendOn(message: ConsumeMessage, channel: ConfirmChannel, error: unknown): Promise<boolean> {
    const { queue, options } = nextStop(this.options.service, this.options.retryDelays, message, error);
    this.logger.warn(`event ${options.messageId} failed and goes to ${queue}: ${String(error)}`);
    try {
      await this.broker.publish(channel, '', queue, message.content, { ...options, patient: true });
      return true;
    } catch (refused) {
      // Unsettled on an open channel it would wait for ever; on a fresh one it is delivered again.
      if (this.broker.isLive(channel)) this.broker.reopen(`cannot send to ${queue}: ${String(refused)}`);
      return false;
    }
  }
}
