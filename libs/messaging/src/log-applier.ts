import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ConfirmChannel } from 'amqplib';
import { isDatabaseTrouble, LogPosition, type UnitOfWork } from '#database';
import { isPermanent } from './failure-policy.js';
import type { LogFailure } from './log-dead-letter.js';
import { isMark } from './log-end.js';
import { idOf, type LogMessage } from './log-message.js';
import { EVENT_LOG } from './topology.js';

/** The most events that are applied in one transaction. */
const BATCH = 200;
/** How often an event that fails is tried in place before it is put aside and skipped. */
const ATTEMPTS = 5;
/** How long to wait before the next attempt when it is not an event that failed, in milliseconds. */
const PAUSE = 500;

/** One event of a batch failed; the batch was rolled back. */
class EventFailedError extends Error {
  constructor(
    readonly failed: LogMessage,
    override readonly cause: unknown,
  ) {
    super(`event at offset ${failed.offset} failed: ${String(cause)}`);
  }
}

/** What the applier leaves to its owner. */
export interface LogHandler {
  /** Applies one event, in the unit of work of its batch. */
  apply(entry: LogMessage, channel: ConfirmChannel): Promise<void>;
  /** Keeps an event that cannot be applied. @returns whether it may be skipped now */
  putAside(...failure: LogFailure): Promise<boolean>;
  /** The log was applied up to this offset, marks included. */
  applied(offset: number): void;
  /** Whether what came on this channel still counts. */
  isLive(channel: ConfirmChannel): boolean;
}

/**
 * Applies what came from the event log, in order and in batches.
 *
 * - The position is stored in the transaction that applied the events: each takes effect exactly once.
 * - An event that keeps failing is put aside and skipped: the log goes on. While it is the database that fails, or a batch
 *   takes too long, nothing is skipped.
 */
export class LogApplier {
  /** The last event applied; undefined before the first. */
  position: LogPosition | undefined;
  /** How far the log was read, marks included; -1 before the first message. */
  seen = -1;
  /** Why the events that come next could not be applied, until they are. */
  trouble: string | undefined;
  /** Nothing beyond this offset is applied. */
  limit = Number.POSITIVE_INFINITY;
  private readonly logger = new Logger('event log');
  private queue: LogMessage[] = [];
  private channel: ConfirmChannel | undefined;
  private applying: Promise<void> | undefined;
  private progressedAt = Date.now();
  private closing = false;
  private readonly attempts = new Map<number, number>();
  private readonly skipped = new Set<number>();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly handler: LogHandler,
  ) {}

  /** What was delivered and is not applied yet, in order. */
  get pending(): readonly LogMessage[] {
    return this.queue;
  }

  /** For how long something could be applied, and nothing was, in milliseconds. */
  get stalledFor(): number {
    return this.due().length > 0 ? Date.now() - this.progressedAt : 0;
  }

  /** Forgets what came on a channel that was given up. */
  async clear(): Promise<void> {
    await this.applying;
    this.queue = [];
    this.channel = undefined;
    this.trouble = undefined;
  }

  /** Begins after this position, which is what the database holds. */
  begin(position: LogPosition | undefined): void {
    this.position = position;
    this.seen = position?.offset ?? -1;
  }

  push(entry: LogMessage, channel: ConfirmChannel): void {
    this.channel = channel;
    this.queue.push(entry);
    this.goOn();
  }

  /** Applies what may be applied: to be called when the limit was raised. */
  goOn(): void {
    if (this.channel && this.due().length > 0) this.applying ??= this.applyAll(this.channel);
  }

  /** Ends after the batch that is being applied. */
  async close(): Promise<void> {
    this.closing = true;
    this.queue = [];
    await this.applying;
  }

  private due(): LogMessage[] {
    if ((this.queue.at(-1)?.offset ?? -1) <= this.limit) return this.queue;
    const beyond = this.queue.findIndex(({ offset }) => offset > this.limit);
    return beyond < 0 ? this.queue : this.queue.slice(0, beyond);
  }

  private async applyAll(channel: ConfirmChannel): Promise<void> {
    this.progressedAt = Date.now();
    for (let due = this.due(); due.length > 0; due = this.due()) {
      const batch = due.slice(0, BATCH);
      try {
        await this.apply(batch, channel);
        this.queue.splice(0, batch.length);
        this.trouble = undefined;
        channel.ack(batch.at(-1)!.message, true);
      } catch (error) {
        if (this.closing || !this.handler.isLive(channel)) break;
        this.trouble = String(error);
        await this.onFailure(error, channel);
      }
    }
    this.applying = undefined;
  }

  private async apply(batch: LogMessage[], channel: ConfirmChannel): Promise<void> {
    const last = batch.findLast(({ message }) => !isMark(message));
    if (last) this.position = await this.applyEvents(batch, last, channel);
    this.seen = batch.at(-1)!.offset;
    this.progressedAt = Date.now();
    this.handler.applied(this.seen);
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
        if (!this.skipped.has(entry.offset) && !isMark(entry.message)) await this.applyOne(entry, channel);
      }
      await manager.upsert(LogPosition, position, ['log']);
    });
    return position;
  }

  private async applyOne(entry: LogMessage, channel: ConfirmChannel): Promise<void> {
    try {
      await this.handler.apply(entry, channel);
    } catch (error) {
      // On a full disk, say, every event fails: that is no reason to skip this one.
      throw isDatabaseTrouble(error) ? error : new EventFailedError(entry, error);
    }
  }

  /** Pauses before the next attempt, or has the event put aside so that the next try of its batch skips it. */
  private async onFailure(error: unknown, channel: ConfirmChannel): Promise<void> {
    if (!(error instanceof EventFailedError)) {
      this.logger.error(error);
      return delay(PAUSE);
    }
    const { failed, cause } = error;
    const attempts = (this.attempts.get(failed.offset) ?? 0) + 1;
    this.attempts.set(failed.offset, attempts);
    if (!isPermanent(cause) && attempts < ATTEMPTS) return delay(50 * 2 ** attempts);
    if (await this.handler.putAside(failed, cause, attempts, channel)) this.skipped.add(failed.offset);
  }
}
