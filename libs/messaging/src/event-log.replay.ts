import { Injectable } from '@nestjs/common';
import { OtherLogError } from './errors.js';
import { EventLogServer } from './event-log.server.js';
import type { LogFailure } from './log-dead-letter.js';

/** An event that could not be applied, and was left out. */
export interface LeftOutEvent {
  offset: number;
  error: string;
}

/**
 * Reads the event log once more, beside the reader that serves: only as far as it is told, and without dead-lettering what
 * cannot be applied, which that one has done already.
 */
@Injectable()
export class EventLogReplay extends EventLogServer {
  /** What could not be applied, in order. */
  readonly leftOut: LeftOutEvent[] = [];
  private firstGoal: number | undefined;

  /** Goes on, and stops after the event at `offset`. Returns at once: see `hasReached`. */
  readTo(offset: number): void {
    this.firstGoal ??= offset;
    this.applier.limit = offset;
    this.applier.goOn();
  }

  /**
   * Whether the event at `offset` was applied.
   *
   * @throws OtherLogError when it never will be: this is another log, or its beginning was trimmed
   */
  hasReached(offset: number): boolean {
    if (this.check.mismatch) throw new OtherLogError(this.check.mismatch);
    if (this.end === undefined || !this.check.passed) return false;
    if (this.offset >= offset) return true;
    // The log may have grown since its end was seen; but by then it held what was asked for first.
    const ended = offset === this.firstGoal && this.end < offset;
    const next = this.applier.pending[0];
    if (ended || (next && next.offset > offset))
      throw new OtherLogError(
        `the event log has no event at offset ${offset}: the read model was built from another log`,
      );
    return false;
  }

  /** Id of the last event applied; `''` before the first. */
  get eventId(): string {
    return this.applier.position?.eventId ?? '';
  }

  /** How far the log was read, marks included; -1 before the first message. */
  get seen(): number {
    return this.applier.seen;
  }

  protected override putAside(...[{ offset }, cause]: LogFailure): Promise<boolean> {
    this.leftOut.push({ offset, error: String(cause) });
    return Promise.resolve(true);
  }
}
