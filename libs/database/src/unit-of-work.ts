import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { StrayStatementError } from './errors.js';
import type { Unit } from './unit-runner.js';
import type { Work } from './work.js';

/**
 * The one way to write to a service's database, and what code asks for to do so. It means the same on SQLite and on
 * PostgreSQL, which do it differently:
 *
 * - `run` is atomic, and resolves only after COMMIT. Units behave as if they ran one after the other: what a unit has
 *   read is still so when it commits.
 * - `run` inside a unit joins it as a nested savepoint and commits with it.
 * - A statement outside its running unit is rejected (StrayStatementError). Reads outside a unit go through
 *   `@InjectRepository`, whose connections cannot write.
 * - A statement that fails may take its unit with it, even where its error is caught; a nested unit may be caught.
 * - Nothing slow belongs in a unit, above all no network call: it would hold up other writes.
 */
export abstract class UnitOfWork {
  /** The unit that the code which asks is part of. */
  protected readonly scope = new AsyncLocalStorage<Unit>();
  private readonly logger = new Logger(UnitOfWork.name);

  /**
   * Runs `work` in a transaction.
   *
   * @returns what `work` returned, once it is committed
   * @throws what `work` threw, after rolling back what it did; DatabaseBusyError; UnitTimeoutError; CommitUnknownError
   */
  run<T>(work: Work<T>): Promise<T> {
    const outer = this.scope.getStore();
    return outer?.open ? outer.runner.runNested(outer, work) : this.runOutermost(work);
  }

  /** Calls `callback` when the unit that is running now has been committed, and never if it is rolled back. */
  afterCommit(callback: () => void): void {
    const unit = this.scope.getStore();
    if (!unit?.open) throw new StrayStatementError('afterCommit() is for inside a unit of work');
    unit.afterCommit.push(callback);
  }

  /** Resolves when no unit is waiting or running. */
  abstract idle(): Promise<void>;

  protected abstract runOutermost<T>(work: Work<T>): Promise<T>;

  /** The unit is committed, whatever its callbacks do. */
  protected callBack(unit: Unit): void {
    for (const callback of unit.afterCommit) {
      try {
        callback();
      } catch (error) {
        this.logger.error(error);
      }
    }
  }
}
