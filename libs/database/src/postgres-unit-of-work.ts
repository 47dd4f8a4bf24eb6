import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { DatabaseBusyError, isConflict, isConnectionLost, isPoolExhausted, isUniqueViolation } from './errors.js';
import { PostgresTransaction } from './postgres-transaction.js';
import { UnitOfWork } from './unit-of-work.js';
import { defaultLimits, type UnitOfWorkLimits, type Work } from './work.js';

/** How often a unit is repeated for what need not be a race, but may be one. */
const DOUBTFUL_REPEATS = 2;
/** The longest pause before a unit is repeated, in milliseconds. */
const LONGEST_PAUSE = 100;

/**
 * The unit of work on PostgreSQL: each unit is a SERIALIZABLE transaction on a connection of its own, side by side with
 * the others, those of other processes included.
 *
 * - A unit that PostgreSQL could not order with those beside it is rolled back and repeated, after a random pause, until
 *   `lockTimeout` is over.
 * - Two who insert the same key at once may be told of a unique violation instead: that is repeated too, but few times,
 *   as it may be no race.
 * - So is a unit whose connection broke before COMMIT was sent, which is when the server rolls it back. When it broke
 *   later, the caller is told (CommitUnknownError).
 */
export class PostgresUnitOfWork extends UnitOfWork {
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    private readonly writer: DataSource,
    private readonly limits: UnitOfWorkLimits = defaultLimits,
  ) {
    super();
  }

  override async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  protected override runOutermost<T>(work: Work<T>): Promise<T> {
    const run = this.repeat(work).finally(() => this.running.delete(run));
    this.running.add(run);
    return run;
  }

  private async repeat<T>(work: Work<T>): Promise<T> {
    const giveUpAt = Date.now() + this.limits.lockTimeout;
    for (let attempt = 1, doubtful = 0; ; attempt++) {
      // When no connection can be had, the caller is told at once.
      const transaction = await this.open(giveUpAt);
      try {
        const { unit, value } = await transaction.run(work);
        this.callBack(unit);
        return value;
      } catch (error) {
        if (!isConflict(error) && !(isDoubtful(error) && ++doubtful <= DOUBTFUL_REPEATS)) throw error;
        if (Date.now() > giveUpAt) {
          throw new DatabaseBusyError('others kept changing the same rows', { cause: error });
        }
      }
      await delay(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE));
    }
  }

  private async open(giveUpAt: number): Promise<PostgresTransaction> {
    for (;;) {
      try {
        return await PostgresTransaction.open(this.writer, this.scope, this.limits.unitTimeout);
      } catch (error) {
        if (!isPoolExhausted(error)) throw error;
        if (Date.now() > giveUpAt)
          throw new DatabaseBusyError('no connection to the database became free', { cause: error });
      }
    }
  }
}

const isDoubtful = (error: unknown): boolean => isUniqueViolation(error) || isConnectionLost(error);
