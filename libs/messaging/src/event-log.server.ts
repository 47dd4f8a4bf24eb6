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
    if (this.mismatch) return { up: false, detail: this.mismatch };
    if (!this.verified && this.broker.status.up) {
      return { up: false, detail: `waiting for the event log to show offset ${this.position?.offset}` };
    }
    if (this.trouble) return { up: false, detail: `cannot apply events: ${this.trouble}` };
    return this.broker.status;
  }

  /** The offset of the last event applied; -1 before the first. */
  get offset(): number {
    return this.position?.offset ?? -1;
  }

  override async close(): Promise<void> {
    this.closing = true;
    this.queue.length = 0;
    await this.applying;
    await this.broker.close();
  }

  private async consume(channel: ConfirmChannel): Promise<void> {
    await this.applying;
    this.queue.length = 0;
    this.position = (await this.positions.findOneBy({ log: EVENT_LOG })) ?? undefined;
    this.verified = this.position === undefined;
    this.mismatch = undefined;
    this.trouble = undefined;
    await channel.prefetch(PREFETCH);
    await channel.consume(EVENT_LOG, (message) => this.receive(message, channel), {
      consumerTag: `${this.options.instance} event log`,
      arguments: { 'x-stream-offset': this.position?.offset ?? 'first' },
    });
  }

  private receive(message: ConsumeMessage | null, channel: ConfirmChannel): void {
    if (!message) {
      if (this.broker.isLive(channel)) this.broker.reopen('RabbitMQ cancelled the reader of the event log');
      return;
    }
    // What still comes on a channel that was given up comes again on the next.
    if (this.closing || this.mismatch || !this.broker.isLive(channel)) return;
    const offset = Number(message.properties.headers?.['x-stream-offset']);
    if (!this.verified) this.verify(offset, message);
    else if (this.position === undefined && this.queue.length === 0 && offset > 0 && !this.applying) {
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
    const last = batch.at(-1)!;
    const position = { log: EVENT_LOG, offset: last.offset, eventId: idOf(last.message) };
    await this.unitOfWork.run(async (manager) => {
      for (const entry of batch) {
        if (!this.skipped.has(entry.offset)) await this.applyOne(entry, channel);
      }
      await manager.upsert(LogPosition, position, ['log']);
    });
    this.position = position;
    for (const { offset } of batch) {
      this.skipped.delete(offset);
      this.attempts.delete(offset);
    }
  }

  private async applyOne(entry: LogMessage, channel: ConfirmChannel): Promise<void> {
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
      const options = { ...originalOptions(failed.message), headers };
      await this.broker.publish(channel, '', queue, failed.message.content, options);
      this.skipped.add(failed.offset);
    } catch (error) {
      this.broker.reopen(`cannot send to ${queue}: ${String(error)}`);
    }
  }
}

const idOf = (message: ConsumeMessage): string => String(message.properties.messageId ?? '');
