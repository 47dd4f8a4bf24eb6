import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import amqp, { type AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel, Message, Options } from 'amqplib';
import { PublishRefusedError } from './errors.js';
import { explainTlsError } from './tls-error.js';
import { declareTopology } from './topology.js';

/** Whether a connection works, and if not, what it waits for. */
export interface BrokerStatus {
  up: boolean;
  detail: string;
  /** When not up: whether requests cannot be answered meanwhile. */
  essential?: boolean;
}

export interface BrokerConnectionOptions {
  /** Shown in the management UI: `comments@host:4001 consumer`. */
  name: string;
  urls: string[];
  retryDelays: number[];
  /** Called with each fresh channel, after the topology is declared. */
  onChannel: (channel: ConfirmChannel) => Promise<void>;
}

/** Every message has an id, by which a return is told from the others. */
export type PublishOptions = Options.Publish & { messageId: string };

/** How long to wait before a broken channel is opened again, in milliseconds; doubled at each failure in a row. */
const REOPEN_AFTER = { first: 200, most: 5_000 };

/** How long a node may take to shake hands, in milliseconds: then it is the next one's turn. */
const CONNECT_TIMEOUT = 5_000;

/** A confirm that takes longer will not come, in milliseconds. */
const CONFIRM_TIMEOUT = 10_000;

/**
 * How long each step of setting a channel up may take, in milliseconds. When a node of a cluster dies, what was asked
 * about its queues may never be answered. But where a node's host is gone, the others look for it in vain before they
 * answer: RabbitMQ 4.0 was seen to take 16 s to let the event log be read.
 */
const SET_UP_TIMEOUT = 30_000;

/**
 * One connection to RabbitMQ with one confirm channel on it, both opened again for as long as it takes.
 *
 * - The connection is amqp-connection-manager's. It does not open a channel again that broke alone (a deleted exchange,
 *   another precondition), so the channel is ours.
 * - Each fresh channel declares the whole topology first: what somebody deleted is back.
 * - Of several nodes each connection begins with another one, and goes on to the next when one fails.
 * - Everything is tied to the current channel: the end of an older one changes nothing.
 */
export class BrokerConnection {
  private readonly logger: Logger;
  private connection: AmqpConnectionManager | undefined;
  private channel: ConfirmChannel | undefined;
  private opening: ConfirmChannel | undefined;
  private reopenTimer: NodeJS.Timeout | undefined;
  private failures = 0;
  private closed = false;
  private problem = 'not connected yet';
  /** Ids of messages that came back because no queue took them. */
  private readonly returned = new Set<string>();

  constructor(private readonly options: BrokerConnectionOptions) {
    this.logger = new Logger(`RabbitMQ ${options.name}`);
  }

  get status(): BrokerStatus {
    return this.channel ? { up: true, detail: 'connected' } : { up: false, detail: this.problem };
  }

  /** The channel that works now, or undefined while there is none. */
  get current(): ConfirmChannel | undefined {
    return this.channel;
  }

  /** Whether this channel is the current one, or about to be. */
  isLive(channel: ConfirmChannel): boolean {
    return channel === this.channel || channel === this.opening;
  }

  /** Begins to connect; returns at once. */
  connect(): void {
    const connection = amqp.connect(shuffled(this.options.urls), {
      heartbeatIntervalInSeconds: 10,
      reconnectTimeInSeconds: 1,
      connectionOptions: {
        // Without it Nagle's algorithm and delayed acks cost tens of milliseconds a hop.
        noDelay: true,
        timeout: CONNECT_TIMEOUT,
        clientProperties: { connection_name: this.options.name },
      },
    });
    connection.on('connect', () => void this.openChannel());
    connection.on('connectFailed', ({ err }) => this.report(`cannot connect: ${errorText(err)}`));
    connection.on('disconnect', ({ err }) => {
      this.channel = undefined;
      if (!this.closed) this.report(`connection lost: ${errorText(err)}`);
    });
    connection.on('blocked', ({ reason }) => this.logger.warn(`RabbitMQ takes no messages now: ${reason}`));
    connection.on('unblocked', () => this.logger.log('RabbitMQ takes messages again'));
    this.connection = connection;
  }

  /**
   * Publishes a persistent message.
   *
   * @returns when RabbitMQ has taken responsibility for it
   * @throws PublishRefusedError when RabbitMQ refused it; another Error when it reached no queue, was not confirmed in time,
   *   or the channel closed first. A message that reached no queue comes back as a return and is confirmed all the same: the
   *   confirm alone proves nothing. One whose confirm did not come may have arrived.
   */
  publish(
    channel: ConfirmChannel,
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: PublishOptions,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const problem = 'RabbitMQ did not confirm in time';
        // A channel that waits for a queue's dead leader waits for ever.
        if (this.isLive(channel)) this.reopen(problem);
        reject(new Error(problem));
      }, CONFIRM_TIMEOUT);
      const settle = (error: unknown): void => {
        clearTimeout(timer);
        if (this.returned.delete(options.messageId)) reject(new Error('no queue took the message'));
        else if (error) reject(asPublishError(error));
        else resolve();
      };
      try {
        const all = { ...options, persistent: true, mandatory: true };
        channel.publish(exchange, routingKey, content, all, settle);
      } catch (error) {
        settle(error);
      }
    });
  }

  /** Gives up the current channel and opens a fresh one: after a confirm that never came, or a cancelled consumer. */
  reopen(reason: string): void {
    this.report(reason);
    this.abandon(this.channel);
    this.abandon(this.opening);
    this.scheduleReopen();
  }

  /** Closes channel and connection. What was not confirmed or acknowledged by now is redelivered later. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reopenTimer);
    await this.channel?.close().catch(() => undefined);
    this.channel = undefined;
    await this.connection?.close().catch(() => undefined);
  }

  private async openChannel(): Promise<void> {
    clearTimeout(this.reopenTimer);
    const model = this.connection?.connection;
    if (this.closed || !model) return;
    let channel: ConfirmChannel | undefined;
    try {
      channel = await withinTimeout(model.createConfirmChannel());
      this.opening = channel;
      this.returned.clear();
      this.watch(channel);
      await withinTimeout(this.setUp(channel));
      // Given up meanwhile, or overtaken by another: its consumers must not stay behind.
      if (this.opening !== channel) return this.abandon(channel);
      this.opening = undefined;
      this.channel = channel;
      this.failures = 0;
      this.logger.log('connected');
    } catch (error) {
      this.report(`cannot set up the channel: ${errorText(error)}`);
      this.abandon(channel);
      if (error instanceof SetUpTimeoutError) this.changeNode();
      else this.scheduleReopen();
    }
  }

  private async setUp(channel: ConfirmChannel): Promise<void> {
    await declareTopology(channel, this.options.retryDelays);
    await this.options.onChannel(channel);
  }

  /** A node that does not answer may be cut off from the others. Nor would it answer a polite goodbye. */
  private changeNode(): void {
    const { connection } = (this.connection?.connection ?? {}) as { connection?: { stream?: Socket } };
    connection?.stream?.destroy(new Error('gave up a node that does not answer'));
  }

  private watch(channel: ConfirmChannel): void {
    channel.on('error', (error) => {
      // While it is set up, what is waited for rejects with the same error.
      if (this.opening !== channel) this.report(`channel error: ${errorText(error)}`);
    });
    channel.on('return', ({ properties }: Message) => this.returned.add(String(properties.messageId)));
    channel.on('close', () => {
      if (this.opening === channel) this.opening = undefined;
      if (this.channel !== channel) return;
      this.channel = undefined;
      this.scheduleReopen();
    });
  }

  private abandon(channel: ConfirmChannel | undefined): void {
    if (!channel) return;
    if (this.channel === channel) this.channel = undefined;
    if (this.opening === channel) this.opening = undefined;
    // It may be broken already, or its broker may hang: nobody waits for it.
    channel.close().catch(() => undefined);
  }

  private scheduleReopen(): void {
    if (this.closed) return;
    clearTimeout(this.reopenTimer);
    const delay = Math.min(REOPEN_AFTER.first * 2 ** this.failures++, REOPEN_AFTER.most);
    this.reopenTimer = setTimeout(() => void this.openChannel(), delay);
  }

  /** Logs a problem once, however often it comes again in a row. */
  private report(problem: string): void {
    if (problem !== this.problem) this.logger.warn(problem);
    this.problem = problem;
  }
}

class SetUpTimeoutError extends Error {}

async function withinTimeout<T>(step: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SetUpTimeoutError('RabbitMQ does not answer')), SET_UP_TIMEOUT);
  });
  try {
    return await Promise.race([step, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** In an order of chance, so that the connections of all processes spread over the nodes. */
const shuffled = (urls: string[]): string[] =>
  urls
    .map((url) => ({ url, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ url }) => url);

/** What amqplib reports of a nack is told from a channel that was closed by its words alone. */
const asPublishError = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.message === 'message nacked' ? new PublishRefusedError('RabbitMQ refused the message') : error;
};

const errorText = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(errorText).join(', ');
  return error instanceof Error ? (explainTlsError(error) ?? error.message) : String(error);
};
