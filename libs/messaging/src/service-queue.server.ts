import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { eventsReactedToBy } from '#contracts';
import { BrokerConnection } from './broker-connection.js';
import { parseEvent } from './event-envelope.js';
import { EventServer } from './event-server.js';
import { nextStop } from './failure-policy.js';
import { Inbox } from './inbox.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { queueOf } from './topology.js';

/** Acknowledgements that reach a quorum queue right before a channel closes are partly lost: its time for them, in milliseconds. */
const ACK_GRACE = 100;

/**
 * Receives a service's events from its queue, on which the service's copies compete.
 *
 * Each message is settled exactly once, after its handler's transaction:
 *
 * - the handler returned, or the inbox knows the event: acknowledged;
 * - it threw something that may pass: sent to a retry queue, and acknowledged once that is confirmed;
 * - it threw something permanent, or no attempt is left: the same with the dead letters;
 * - RabbitMQ went away meanwhile, or would not take the failed message: not settled, so it comes again.
 */
@Injectable()
export class ServiceQueueServer extends EventServer {
  protected readonly broker: BrokerConnection;
  private readonly consumerTag: string;
  private readonly inFlight = new Set<Promise<void>>();
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

  /** @throws Error when the handlers and the event table disagree */
  override listen(callback: () => void): void {
    const expected = eventsReactedToBy(this.options.service).toSorted().join(', ');
    const handled = [...this.getHandlers().keys()].toSorted().join(', ');
    if (expected !== handled) {
      throw new Error(`the event table says that ${this.options.service} reacts to ${expected}; it handles ${handled}`);
    }
    super.listen(callback);
  }

  /** Takes no further messages, finishes those in flight within the deadline, and closes. */
  override async close(): Promise<void> {
    // What RabbitMQ sends until it has cancelled is handled as well: left alone, it would be delivered again.
    await this.broker.current?.cancel(this.consumerTag).catch(() => undefined);
    this.closing = true;
    await Promise.race([this.drain(), delay(this.options.shutdownTimeout, undefined, { ref: false })]);
    await this.settleAcks();
    await this.broker.close();
  }

  /** A busy RabbitMQ takes its time: its answer to a question that was put after them says that it has read all of them. */
  private async settleAcks(): Promise<void> {
    const { current } = this.broker;
    if (!current) return;
    const asked = current.checkQueue(queueOf(this.options.service)).catch(() => undefined);
    await Promise.race([asked, delay(this.options.shutdownTimeout, undefined, { ref: false })]);
    await delay(ACK_GRACE);
  }

  private async drain(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.all(this.inFlight);
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
    this.inFlight.add(work);
  }

  private async handle(message: ConsumeMessage, channel: ConfirmChannel): Promise<void> {
    try {
      const event = parseEvent(message.content);
      await this.inbox.handleOnce(event.id, () => this.callHandler(event, message, channel));
    } catch (error) {
      if (!(await this.sendOn(message, channel, error))) return;
    }
    try {
      channel.ack(message);
    } catch {
      // The channel is gone: the message comes again, and the inbox makes that harmless.
    }
  }

  /** @returns whether RabbitMQ has the message safely in the next queue */
  private async sendOn(message: ConsumeMessage, channel: ConfirmChannel, error: unknown): Promise<boolean> {
    const { queue, options } = nextStop(this.options.service, this.options.retryDelays, message, error);
    this.logger.warn(`event ${options.messageId} failed and goes to ${queue}: ${String(error)}`);
    try {
      await this.broker.publish(channel, '', queue, message.content, options);
      return true;
    } catch (refused) {
      // Unsettled on an open channel it would wait for ever; on a fresh one it is delivered again.
      if (this.broker.isLive(channel)) this.broker.reopen(`cannot send to ${queue}: ${String(refused)}`);
      return false;
    }
  }
}
