import { Logger } from '@nestjs/common';
import { ProblemException } from './problem.exception.js';

/** When to come back, in seconds: not all at once. */
const RETRY_AFTER = { least: 1, most: 3 };
/** How often a process says that it refuses requests, in milliseconds. */
const LOG_INTERVAL = 10_000;

/**
 * The problem of a request that was refused because there is too much to do already. Nothing was done for it.
 *
 * @param detail a sentence that says what has too much to do
 */
export function overloaded(detail: string): ProblemException {
  const { least, most } = RETRY_AFTER;
  const retryAfter = least + Math.floor(Math.random() * (most - least + 1));
  return new ProblemException('overloaded', detail, { retryAfter });
}

/** Logs that requests are refused, however many they are: the first one at once, the others as a number now and then. */
export class RefusalLog {
  private readonly logger = new Logger('overload');
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param reason what limit is reached, and how it is set */
  constructor(private readonly reason: string) {}

  /** A request was refused. */
  note(): void {
    this.count += 1;
    if (this.timer) return;
    this.say();
    this.timer = setInterval(() => this.say(), LOG_INTERVAL).unref();
  }

  private say(): void {
    if (this.count > 0) this.logger.warn(`refused ${this.count} requests: ${this.reason}`);
    else {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    this.count = 0;
  }
}
