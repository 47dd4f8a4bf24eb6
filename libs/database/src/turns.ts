import { setTimeout as delay } from 'node:timers/promises';

/** How soon to try again for a lock that another process has, in milliseconds: so long to twice as long. */
const RETRY = 1;
/** How long to leave the lock to others after a transaction, in milliseconds: longer than they take to try again. */
const PAUSE = 4;
/** How long a process that was refused once counts on others, in milliseconds. */
const REMEMBER = 1_000;

/**
 * How the processes that share an SQLite file take turns. SQLite gives the write lock to whoever asks first after it
 * became free: a busy process that asks again at once would have it nearly always, and the others never.
 *
 * So a process that was refused the lock a short while ago, and thus knows of others, leaves it alone for a moment after
 * each transaction. A process that is alone was never refused, and does not wait at all.
 */
export class Turns {
  private othersUntil = 0;
  private pauseUntil = 0;

  /** Another process has the lock: waits until it is time to try again. */
  async refused(): Promise<void> {
    this.othersUntil = performance.now() + REMEMBER;
    await delay(RETRY + Math.random() * RETRY);
  }

  /** Our transaction is over. */
  over(): void {
    const now = performance.now();
    if (now < this.othersUntil) this.pauseUntil = now + PAUSE;
  }

  /** Leaves the lock to others, if there are any. */
  async yield(): Promise<void> {
    const pause = this.pauseUntil - performance.now();
    if (pause > 0) await delay(pause);
  }
}
