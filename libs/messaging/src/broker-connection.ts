import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { Confirms, type PublishOptions } from './confirms.js';
import { connectToAny } from './connecting.js';
import { errorText } from './error-text.js';
import { Reopening } from './reopening.js';
import { SetUpTimeoutError, withinTimeout } from './set-up-step.js';
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

/**
 * One connection to RabbitMQ with one confirm channel on it, both opened again for as long as it takes.
 *
 * - The connection is amqp-connection-manager's. It does not open a channel again that broke alone (a deleted exchange,
 *   another precondition), so the channel is ours.
 * - Each fresh channel declares the whole topology first: what somebody deleted is back.
 * - Of several nodes each connection begins with another one, and goes on to the next when one fails.
 * - Everything is tied to the current channel: the end of an older one changes nothing.
 * - While RabbitMQ is low on memory or disk it reads nothing from a connection that has published: nothing can be asked or
 *   acknowledged on it then, and no fresh channel would help. So nothing is given up for that.
 */
export class BrokerConnection {
  private readonly logger: Logger;
  private connection: AmqpConnectionManager | undefined;
  private channel: ConfirmChannel | undefined;
  private opening: ConfirmChannel | undefined;
  private readonly reopening = new Reopening();
  private closed = false;
  private problem = 'not connected yet';
  /** Why RabbitMQ takes nothing from this connection now. */
  private blockedBy: string | undefined;
  private readonly confirms = new Confirms();

  constructor(private readonly options: BrokerConnectionOptions) {
    this.logger = new Logger(`RabbitMQ ${options.name}`);
  }

  get status(): BrokerStatus {
    if (this.blockedBy !== undefined) return { up: false, detail: `RabbitMQ blocks publishers: ${this.blockedBy}` };
    return this.channel ? { up: true, detail: 'connected' } : { up: false, detail: this.problem };
  }

  /** The channel that works now, or undefined while there is none. */
  get current(): ConfirmChannel | undefined {
    return this.channel;
  }

  /** Whether RabbitMQ takes nothing from this connection now. What is published all the same piles up in memory. */
  get blocked(): boolean {
    return this.blockedBy !== undefined;
  }

  /** Whether this channel is the current one, or about to be. */
  isLive(channel: ConfirmChannel): boolean {
    return channel === this.channel || channel === this.opening;
  }

  /** Begins to connect; returns at once. */
  connect(): void {
    const connection = connectToAny(this.options.urls, this.options.name);
    connection.on('connect', () => void this.openChannel());
    connection.on('connectFailed', ({ err }) => this.report(`cannot connect: ${errorText(err)}`));
    connection.on('disconnect', ({ err }) => {
      this.channel = undefined;
      this.blockedBy = undefined;
      if (!this.closed) this.report(`connection lost: ${errorText(err)}`);
    });
    connection.on('blocked', ({ reason }) => {
      this.blockedBy = reason;
      this.logger.warn(`RabbitMQ blocks publishers: ${reason}`);
    });
    connection.on('unblocked', () => {
      this.blockedBy = undefined;
      this.logger.log('RabbitMQ takes messages again');
    });
    this.connection = connection;
  }

  /**
   * Publishes a persistent message.
   *
   * @returns when RabbitMQ has taken responsibility for it
   * @throws PublishRefusedError when RabbitMQ refused it; another Error when it reached no queue, was not confirmed in time,
   *   or the channel closed first. One whose confirm did not come may have arrived, or arrive yet when RabbitMQ blocks
   *   publishers no more
   */
  publish(
    channel: ConfirmChannel,
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: PublishOptions,
  ): Promise<void> {
    const { patient = false } = options;
    return this.confirms.publish(channel, { exchange, routingKey, content, options }, () =>
      this.givesUp(channel, patient),
    );
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
    this.reopening.cancel();
    const { blocked } = this;
    const socket = this.socket();
    // A goodbye would not be read.
    if (!blocked) await this.channel?.close().catch(() => undefined);
    this.channel = undefined;
    await this.connection?.close().catch(() => undefined);
    if (blocked) socket?.destroy();
  }

  /** What comes before waiting for publishers that wait: while RabbitMQ blocks them, they would wait for ever. */
  async closeIfBlocked(): Promise<void> {
    if (this.blocked) await this.close();
  }

  private async openChannel(): Promise<void> {
    this.reopening.cancel();
    const model = this.connection?.connection;
    if (this.closed || !model) return;
    let channel: ConfirmChannel | undefined;
    try {
      channel = await withinTimeout(model.createConfirmChannel(), () => this.blocked);
      this.opening = channel;
      this.watch(channel);
      await withinTimeout(this.setUp(channel), () => this.blocked);
      // Given up meanwhile, or overtaken by another: its consumers must not stay behind.
      if (this.opening !== channel) return this.abandon(channel);
      this.opening = undefined;
      this.channel = channel;
      this.reopening.succeeded();
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
    this.socket()?.destroy(new Error('gave up a node that does not answer'));
  }

  private socket(): Socket | undefined {
    const { connection } = (this.connection?.connection ?? {}) as { connection?: { stream?: Socket } };
    return connection?.stream;
  }

  /** A confirm did not come in time. */
  private givesUp(channel: ConfirmChannel, patient: boolean): boolean {
    if (this.blocked) return !patient;
    // A channel that waits for a queue's dead leader waits for ever.
    if (this.isLive(channel)) this.reopen('RabbitMQ did not confirm in time');
    return true;
  }

  private watch(channel: ConfirmChannel): void {
    this.confirms.watch(channel);
    channel.on('error', (error) => {
      // While it is set up, what is waited for rejects with the same error.
      if (this.opening !== channel) this.report(`channel error: ${errorText(error)}`);
    });
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
    if (!this.closed) this.reopening.schedule(() => void this.openChannel());
  }

  /** Logs a problem once, however often it comes again in a row. */
  private report(problem: string): void {
    if (problem !== this.problem) this.logger.warn(problem);
    this.problem = problem;
  }
}
