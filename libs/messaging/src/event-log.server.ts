import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { Repository } from 'typeorm';
import { LogPosition, UnitOfWork } from '#database';
import { BrokerConnection, type BrokerStatus } from './broker-connection.js';
import { parseEvent } from './event-envelope.js';
import { EventServer } from './event-server.js';
import { LogApplier } from './log-applier.js';
import { LogCheck } from './log-check.js';
import { deadLetterFromLog, type LogFailure } from './log-dead-letter.js';
import { endOfLog } from './log-end.js';
import { LagMeter, type LogLag } from './log-lag.js';
import { type LogMessage, offsetOf } from './log-message.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { deadLetterQueueOf, EVENT_LOG } from './topology.js';

/** At least twice the batch, so that the next one arrives while this one is applied. */
const PREFETCH = 500;
/** After how long without progress, while there is something to apply, that is said, in milliseconds. */
const STALLED_AFTER = 5_000;

/** How a reader of the event log is. */
export interface EventLogStatus extends BrokerStatus, LogLag {
  /** Of the last event applied; -1 before the first. */
  offset: number;
}

/**
 * Reads the event log from where this database stands, and has it applied in order by the `@EventPattern` handlers.
 *
 * - Each event takes effect exactly once (see `LogApplier`).
 * - A log that is another than this database was built from is not read: that is said loudly (see `LogCheck`).
 * - Until all is applied that the log held when it was reached first, no requests shall come (see `brokerStatus`): a new
 *   copy would answer from half a database. One that has data but cannot reach the log answers from what it has.
 * - Offsets may have holes; only their order counts.
 * - An event that keeps failing is dead-lettered with its offset, and skipped.
 */
@Injectable()
export class EventLogServer extends EventServer {
  protected readonly broker: BrokerConnection;
  protected readonly applier: LogApplier;
  protected check = new LogCheck(undefined);
  /** Where the log ended when it was reached last. */
  protected end: number | undefined;
  private readonly lag = new LagMeter();
  private last: LogMessage | undefined;
  private hasCaughtUp = false;
  private closing = false;

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    @InjectRepository(LogPosition) private readonly positions: Repository<LogPosition>,
    unitOfWork: UnitOfWork,
  ) {
    super();
    this.broker = new BrokerConnection({
      name: `${options.instance} event log`,
      urls: options.urls,
      retryDelays: options.retryDelays,
      onChannel: (channel) => this.consume(channel),
    });
    this.applier = new LogApplier(unitOfWork, {
      apply: (entry, channel) => this.apply(entry, channel),
      putAside: (...failure) => this.putAside(...failure),
      applied: (offset) => this.noteProgress(offset),
      isLive: (channel) => this.broker.isLive(channel),
    });
  }

  override get brokerStatus(): EventLogStatus {
    const { up, detail } = this.progress();
    const essential = !this.hasCaughtUp && { essential: !this.mayServe };
    return { up, detail, ...essential, offset: this.offset, ...this.measureLag() };
  }

  /** The offset of the last event applied; -1 before the first. */
  get offset(): number {
    return this.applier.position?.offset ?? -1;
  }

  /** What there is to answer from is known before anybody asks. */
  override listen(callback: () => void): void {
    void this.listenFrom(callback);
  }

  override async close(): Promise<void> {
    this.closing = true;
    const applied = this.applier.close();
    await this.broker.closeIfBlocked();
    await applied;
    await this.broker.close();
  }

  /** Keeps an event that cannot be applied. @returns whether it may be skipped now */
  protected putAside(...failure: LogFailure): Promise<boolean> {
    return deadLetterFromLog(this.broker, deadLetterQueueOf(this.options.service), ...failure);
  }

  private async listenFrom(callback: () => void): Promise<void> {
    try {
      this.applier.begin(await this.readPosition());
    } catch (error) {
      this.logger.error(error);
    }
    super.listen(callback);
  }

  private async readPosition(): Promise<LogPosition | undefined> {
    return (await this.positions.findOneBy({ log: EVENT_LOG })) ?? undefined;
  }

  private async consume(channel: ConfirmChannel): Promise<void> {
    await this.applier.clear();
    const position = await this.readPosition();
    this.applier.begin(position);
    this.check = new LogCheck(position);
    this.lag.forgetEnd();
    this.last = undefined;
    this.end = await endOfLog(channel);
    this.lag.noteEnd(this.end);
    this.check.lookAtEnd(this.end);
    if (this.sayMismatch()) return;
    await channel.prefetch(PREFETCH);
    await channel.consume(EVENT_LOG, (message) => this.receive(message, channel), {
      consumerTag: `${this.options.instance} event log`,
      arguments: { 'x-stream-offset': position?.offset ?? 'first' },
    });
  }

  private receive(message: ConsumeMessage | null, channel: ConfirmChannel): void {
    if (!message) {
      if (this.broker.isLive(channel)) this.broker.reopen('RabbitMQ cancelled the reader of the event log');
      return;
    }
    // What still comes on a channel that was given up comes again on the next.
    if (this.closing || this.check.mismatch || !this.broker.isLive(channel)) return;
    const entry = { offset: offsetOf(message), message, receivedAt: Date.now() };
    this.last = entry;
    this.check.lookAt(entry);
    if (this.sayMismatch()) return;
    if (entry.offset <= this.offset) channel.ack(message);
    else this.applier.push(entry, channel);
  }

  /** @returns whether reading ends here: going on would build a read model that is silently wrong */
  private sayMismatch(): boolean {
    if (this.check.mismatch) this.logger.error(this.check.mismatch);
    return this.check.mismatch !== undefined;
  }

  private async apply({ message }: LogMessage, channel: ConfirmChannel): Promise<void> {
    const event = parseEvent(message.content);
    // The log holds every event; not every reader cares for all of them.
    if (this.getHandlerByPattern(event.type)) await this.callHandler(event, message, channel);
  }

  private noteProgress(offset: number): void {
    if (this.hasCaughtUp || this.end === undefined || offset < this.end) return;
    this.hasCaughtUp = true;
    this.logger.log(`caught up with the event log at offset ${offset}`);
  }

  private progress(): BrokerStatus {
    const { trouble, seen } = this.applier;
    if (this.check.mismatch) return { up: false, detail: this.check.mismatch };
    if (!this.broker.status.up) return this.broker.status;
    if (!this.check.passed) return { up: false, detail: this.check.waitsFor };
    if (trouble) return { up: false, detail: `cannot apply events: ${trouble}` };
    const details = [
      ...(this.hasCaughtUp ? [] : [`catching up: at offset ${seen} of ${this.end}`]),
      ...this.sayStalled(),
    ];
    return details.length > 0 ? { up: false, detail: details.join('; ') } : this.broker.status;
  }

  private sayStalled(): string[] {
    const { stalledFor, pending } = this.applier;
    if (stalledFor < STALLED_AFTER) return [];
    return [
      `nothing was applied for ${Math.floor(stalledFor / 1_000)} s; next is the event at offset ${pending[0]?.offset}`,
    ];
  }

  private measureLag(): LogLag {
    const { pending, seen } = this.applier;
    const channel = this.check.passed ? this.broker.current : undefined;
    return this.lag.measure({ channel, pending, seen, last: this.last });
  }

  /** Before it has caught up: whether there is something to answer from, and nothing newer can be had. */
  private get mayServe(): boolean {
    return this.applier.position !== undefined && (this.end === undefined || this.check.mismatch !== undefined);
  }
}
