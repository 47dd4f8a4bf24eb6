import type { ConfirmChannel } from 'amqplib';
import { Logger } from '@nestjs/common';
import { lastOfLog } from './log-end.js';
import type { LogMessage } from './log-message.js';

/** How often RabbitMQ is asked where the log ends, at most, while events come, in milliseconds. */
const ASK_AFTER = 5_000;

/** How far a reader is behind the event log. */
export interface LogLag {
  /** How many offsets lie between what was applied and the end of the log, as far as that was seen; null without the log. */
  eventsBehind: number | null;
  /**
   * How old the oldest event is that is not applied; without the log, for how long nobody has seen whether there is one.
   * Null where all was never applied.
   */
  secondsBehind: number | null;
}

/** What is known of the log, and of the way from it to us. */
export interface LogView {
  /** The channel that messages come on, while there is one. */
  channel: ConfirmChannel | undefined;
  /** Delivered and not applied. */
  pending: readonly LogMessage[];
  /** How far the log was applied, marks included. */
  seen: number;
  /** What was received last; undefined before the first message. */
  last: LogMessage | undefined;
}

/**
 * Measures a reader's lag from what the reader knows anyway. What was delivered need not be all that there is, so while
 * events come, RabbitMQ is asked where the log ends: seldom, and in the background.
 */
export class LagMeter {
  private readonly logger = new Logger('event log');
  private end: number | undefined;
  /** When all was applied, as far as is known, in milliseconds. */
  private currentAt: number | undefined;
  private asked = { at: 0, seen: -1 };

  constructor(private readonly ask: (channel: ConfirmChannel) => Promise<number> = lastOfLog) {}

  /** The log was seen to reach this offset. */
  noteEnd(offset: number): void {
    this.end = Math.max(this.end ?? -1, offset);
  }

  /** A connection to another log, maybe: what was known of the end does not count any more. */
  forgetEnd(): void {
    this.end = undefined;
  }

  measure({ channel, pending, seen, last }: LogView, now = Date.now()): LogLag {
    if (last) this.noteEnd(last.offset);
    if (this.end === undefined || !channel) return { eventsBehind: null, secondsBehind: this.secondsSinceCurrent(now) };
    if (pending.length > 0 || seen !== this.asked.seen) this.askForEnd(channel, seen, now);
    const eventsBehind = Math.max(this.end - seen, 0);
    if (eventsBehind === 0) this.currentAt = now;
    const oldest = pending[0] ?? last;
    const age = oldest && eventsBehind > 0 ? secondsSince(timeOf(oldest), now) : this.secondsSinceCurrent(now);
    return { eventsBehind, secondsBehind: age };
  }

  private secondsSinceCurrent(now: number): number | null {
    return this.currentAt === undefined ? null : secondsSince(this.currentAt, now);
  }

  private askForEnd(channel: ConfirmChannel, seen: number, now: number): void {
    if (now - this.asked.at < ASK_AFTER) return;
    this.asked = { at: now, seen };
    this.ask(channel).then(
      (offset) => this.noteEnd(offset),
      (error: unknown) => this.logger.debug(`cannot ask where the event log ends: ${String(error)}`),
    );
  }
}

const secondsSince = (time: number, now: number): number => Math.max(Math.round((now - time) / 100) / 10, 0);

/** When an event was published; when it came to us, where it does not say or its clock is ahead of ours. */
function timeOf({ message, receivedAt }: LogMessage): number {
  try {
    const { time } = JSON.parse(message.content.toString()) as { time?: string };
    const published = Date.parse(time ?? '');
    return Number.isNaN(published) ? receivedAt : Math.min(published, receivedAt);
  } catch {
    return receivedAt;
  }
}
