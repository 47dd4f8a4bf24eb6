import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { Repository } from 'typeorm';
import { isDatabaseTrouble, LogPosition, UnitOfWork } from '#database';
import { BrokerConnection, type BrokerStatus } from './broker-connection.js';
import { parseEvent } from './event-envelope.js';
import { EventServer } from './event-server.js';
import { failureHeaders, FAILURE_HEADERS, isPermanent, originalOptions } from './failure-policy.js';
import { endOfLog, isMark, offsetOf } from './log-end.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { deadLetterQueueOf, EVENT_LOG } from './topology.js';

/** The most events that are applied in one transaction. */
const BATCH = 200;
/** At least twice the batch, so that the next one arrives while this one is applied. */
const PREFETCH = 500;
/** How often an event that fails is tried in place before it is dead-lettered and skipped. */
const ATTEMPTS = 5;

interface LogMessage {
  offset: number;
  message: ConsumeMessage;
}

/** One event of a batch failed; the batch was rolled back. */
class EventFailedError extends Error {
  constructor(
    readonly failed: LogMessage,
    override readonly cause: unknown,
  ) {
    super(`event at offset ${failed.offset} failed: ${String(cause)}`);
  }
}

/**
 * Reads the event log from where this database stands, in order, and applies it in batches.
 *
 * - The offset is stored in the transaction that applied the events: each takes effect exactly once.
 * - Reading begins with the last event that was applied, not after it: that it comes, with the same id, proves that
 *   this is the log the database was built from. Anything else stops reading and is said loudly (see `brokerStatus`).
 * - Until all is applied that the log held when it was reached first, no requests shall come (see `brokerStatus`): a new
 *   copy would answer from half a database. One that has data but cannot reach the log answers from what it has.
 * - Offsets may have holes; only their order counts.
 * - An event that keeps failing is dead-lettered with its offset and skipped: the log goes on. While it is the database
 *   that fails, nothing is skipped.
 */
@Injectable()
export class EventLogServer extends EventServer {
  protected readonly broker: BrokerConnection;
  private readonly queue: LogMessage[] = [];
  private readonly attempts = new Map<number, number>();
  private readonly skipped = new Set<number>();
  private position: LogPosition | undefined;
  /** Where the log ended when it was reached last. */
  private end: number | undefined;
  /** How far the log was read, marks included; -1 before the first message. */
  private seen = -1;
  private hasCaughtUp = false;
  /** Whether the log was seen to hold the last event that we applied. */
  private verified = false;
  private mismatch: string | undefined;
  /** Why the events that came last could not be applied, until they are. */
  private trouble: string | undefined;
  private applying: Promise<void> | undefined;
  private closing = false;

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    @InjectRepository(LogPosition) private readonly positions: Repository<LogPosition>,
    private readonly unitOfWork: UnitOfWork,
  ) {
    super();
    this.broker = new BrokerConnection({
      name: `${options.instance} event log`,
      urls: options.urls,
      retryDelays: options.retryDelays,
      onChannel: (channel) => this.consume(channel),
    });
  }

  override get brokerStatus(): BrokerStatus {
    const { up, detail } = this.progress();
    return { up, detail, ...(!this.hasCaughtUp && { essential: !this.mayServe }) };
  }

  /** The offset of the last event applied; -1 before the first. */
  get offset(): number {
    return this.position?.offset ?? -1;
  }

  /** What there is to answer from is known before anybody asks. */
  override listen(callback: () => void): void {
    void this.listenFrom(callback);
  }

  override async close(): Promise<void> {
    this.closing = true;
    this.queue.length = 0;
    await this.broker.closeIfBlocked();
    await this.applying;
    await this.broker.close();
  }

  private async consume(channel: ConfirmChannel): Promise<void> {
    await this.applying;
    this.queue.length = 0;
    await this.readPosition();
    this.seen = this.offset;
    this.verified = this.position === undefined;
    this.mismatch = undefined;
    this.trouble = undefined;
    this.end = await endOfLog(channel);
    if (this.offset > this.end) return this.stop(`the event log ends at offset ${this.end}, before ${this.offset}`);
    await channel.prefetch(PREFETCH);
    await channel.consume(EVENT_LOG, (message) => this.receive(message, channel), {
      consumerTag: `${this.options.instance} event log`,
      arguments: { 'x-stream-offset': this.position?.offset ?? 'first' },
    });
  }

  private async listenFrom(callback: () => void): Promise<void> {
    try {
      await this.readPosition();
    } catch (error) {
      this.logger.error(error);
    }
    super.listen(callback);
  }

  private async readPosition(): Promise<void> {
    this.position = (await this.positions.findOneBy({ log: EVENT_LOG })) ?? undefined;
  }

  private progress(): BrokerStatus {
    if (this.mismatch) return { up: false, detail: this.mismatch };
    if (!this.broker.status.up) return this.broker.status;
    if (!this.verified) return { up: false, detail: `waiting for the event log to show offset ${this.offset}` };
    if (this.trouble) return { up: false, detail: `cannot apply events: ${this.trouble}` };
    if (!this.hasCaughtUp) return { up: false, detail: `catching up: at offset ${this.seen} of ${this.end}` };
    return this.broker.status;
  }

  /** Before it has caught up: whether there is something to answer from, and nothing newer can be had. */
  private get mayServe(): boolean {
    return this.position !== undefined && (this.end === undefined || this.mismatch !== undefined);
  }

  private receive(message: ConsumeMessage | null, channel: ConfirmChannel): void {
    if (!message) {
      if (this.broker.isLive(channel)) this.broker.reopen('RabbitMQ cancelled the reader of the event log');
      return;
    }
    // What still comes on a channel that was given up comes again on the next.
    if (this.closing || this.mismatch || !this.broker.isLive(channel)) return;
    const offset = offsetOf(message);
    if (!this.verified) this.verify(offset, message);
    else if (this.seen < 0 && this.queue.length === 0 && offset > 0 && !this.applying) {
      this.stop(`the event log begins at offset ${offset}: its beginning was trimmed, so it cannot be read from empty`);
    }
    if (this.mismatch) return;
    if (offset <= this.offset) {
      channel.ack(message);
      return;
    }
    this.queue.push({ offset, message });
    this.applying ??= this.applyAll(channel);
  }

  private verify(offset: number, message: ConsumeMessage): void {
    const { offset: expected, eventId } = this.position!;
    if (offset === expected && idOf(message) === eventId) this.verified = true;
    else if (offset > expected) this.stop(`the event log no longer holds offset ${expected}; it goes on at ${offset}`);
    else if (offset === expected) this.stop(`the event at offset ${expected} is another than was applied`);
  }

  /** Stops reading for good: going on would build a read model that is silently wrong. */
  private stop(reason: string): void {
    this.mismatch = `${reason}. This database was built from another log, or from more of it; delete it to build it anew`;
    this.logger.error(this.mismatch);
  }

  private async applyAll(channel: ConfirmChannel): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.slice(0, BATCH);
      try {
        await this.apply(batch, channel);
        this.queue.splice(0, batch.length);
        this.trouble = undefined;
        channel.ack(batch.at(-1)!.message, true);
      } catch (error) {
        if (this.closing || !this.broker.isLive(channel)) break;
        this.trouble = String(error);
        if (error instanceof EventFailedError) await this.onFailure(error, channel);
        else {
          this.logger.error(error);
          await delay(500);
        }
      }
    }
    this.applying = undefined;
  }

  private async apply(batch: LogMessage[], channel: ConfirmChannel): Promise<void> {
    const last = batch.findLast(({ message }) => !isMark(message));
    if (last) this.position = await this.applyEvents(batch, last, channel);
    this.noteProgress(batch.at(-1)!.offset);
    for (const { offset } of batch) {
      this.skipped.delete(offset);
      this.attempts.delete(offset);
    }
  }

  /** @returns how far that is, which is stored with it */
  private async applyEvents(batch: LogMessage[], last: LogMessage, channel: ConfirmChannel): Promise<LogPosition> {
    const position = { log: EVENT_LOG, offset: last.offset, eventId: idOf(last.message) };
    await this.unitOfWork.run(async (manager) => {
      for (const entry of batch) {
        if (!this.skipped.has(entry.offset)) await this.applyOne(entry, channel);
      }
      await manager.upsert(LogPosition, position, ['log']);
    });
    return position;
  }

  private noteProgress(offset: number): void {
    this.seen = offset;
    if (this.hasCaughtUp || this.end === undefined || offset < this.end) return;
    this.hasCaughtUp = true;
    this.logger.log(`caught up with the event log at offset ${offset}`);
  }

  private async applyOne(entry: LogMessage, channel: ConfirmChannel): Promise<void> {
    if (isMark(entry.message)) return;
    try {
      const event = parseEvent(entry.message.content);
      // The log holds every event; not every reader cares for all of them.
      if (this.getHandlerByPattern(event.type)) await this.callHandler(event, entry.message, channel);
    } catch (error) {
      // On a full disk, say, every event fails: that is no reason to skip this one.
      throw isDatabaseTrouble(error) ? error : new EventFailedError(entry, error);
    }
  }

  /** Tries again after a pause, or dead-letters the event so that the next try of its batch skips it. */
  private async onFailure({ failed, cause }: EventFailedError, channel: ConfirmChannel): Promise<void> {
    const attempts = (this.attempts.get(failed.offset) ?? 0) + 1;
    this.attempts.set(failed.offset, attempts);
    if (!isPermanent(cause) && attempts < ATTEMPTS) {
      await delay(50 * 2 ** attempts);
      return;
    }
    const queue = deadLetterQueueOf(this.options.service);
    this.logger.error(`event at offset ${failed.offset} goes to ${queue} and is skipped: ${String(cause)}`);
    const headers = {
      ...failureHeaders(failed.message, cause, attempts),
      [FAILURE_HEADERS.logOffset]: failed.offset,
    };
    try {
      const options = { ...originalOptions(failed.message), headers, patient: true };
      await this.broker.publish(channel, '', queue, failed.message.content, options);
      this.skipped.add(failed.offset);
    } catch (error) {
      this.broker.reopen(`cannot send to ${queue}: ${String(error)}`);
    }
  }
}

const idOf = (message: ConsumeMessage): string => String(message.properties.messageId ?? '');
