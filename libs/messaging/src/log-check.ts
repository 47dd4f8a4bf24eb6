import type { LogPosition } from '#database';
import { idOf, type LogMessage } from './log-message.js';

const OTHER_LOG = 'This database was built from another log; delete it to build it anew';
const TRIMMED = 'Start from a recent snapshot of a running copy: npm run query:snapshot -- --help';

/**
 * Whether the event log is the one that a database was built from, and still holds what comes next. Reading begins with
 * the last event that was applied: that it comes, with the same id, proves it. A database without events begins at the
 * log's first offset, which is 0 unless the log was trimmed.
 */
export class LogCheck {
  /** Why nothing may be read from here on; undefined while all is well. */
  mismatch: string | undefined;
  private proven = false;

  /** @param position of the last event that the database has applied; undefined before the first */
  constructor(private readonly position: LogPosition | undefined) {}

  /** Whether nothing stands between us and the next event. */
  get passed(): boolean {
    return !this.mismatch && (this.proven || this.position === undefined);
  }

  /** What is waited for until the check has passed. */
  get waitsFor(): string {
    return `waiting for the event log to show offset ${this.position?.offset}`;
  }

  /** Looks at where the log ends. */
  lookAtEnd(end: number): void {
    if (this.position && this.position.offset > end)
      this.mismatch = `the event log ends at offset ${end}, before ${this.position.offset}. ${OTHER_LOG}`;
  }

  /** Looks at a message, which decides if it is the first that matters. */
  lookAt({ offset, message }: LogMessage): void {
    if (this.proven || this.mismatch) return;
    const { position } = this;
    if (!position && offset > 0) {
      this.mismatch = `the event log begins at offset ${offset}: its beginning was trimmed, so no read model can be built from it alone. ${TRIMMED}`;
    } else if (position && offset > position.offset) {
      this.mismatch = `the event log no longer holds offset ${position.offset}; it goes on at ${offset}, and what was between is not in this database. ${TRIMMED}`;
    } else if (position && offset === position.offset && idOf(message) !== position.eventId) {
      this.mismatch = `the event at offset ${offset} is another than was applied. ${OTHER_LOG}`;
    }
    this.proven = !this.mismatch && (!position || offset === position.offset);
  }
}
