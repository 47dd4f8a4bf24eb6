import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { DatabaseBusyError, isBusy, StrayStatementError, UnitTimeoutError } from './errors.js';
import { Unit } from './unit.js';
import { WriterConnection } from './writer-connection.js';

/** Work that writes: everything it does through `manager` commits together or not at all. */
export type Work<T> = (manager: EntityManager) => Promise<T>;

export interface UnitOfWorkLimits {
  /** The most units that share one COMMIT. */
  groupSize: number;
  /** A unit that takes longer is rolled back, in milliseconds: the units behind it must not wait for ever. */
  unitTimeout: number;
  /** How long to try for the write lock while another process has it, in milliseconds. */
  lockTimeout: number;
}

const defaultLimits: UnitOfWorkLimits = { groupSize: 256, unitTimeout: 10_000, lockTimeout: 10_000 };

interface Waiting {
  unit: Unit;
  work: Work<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * The one way to write to a service's database.
 *
 * TypeORM's SQLite driver has a single connection, on which concurrent transactions would run into each other. So:
 *
 * - Units queue, and run strictly one after the other.
 * - Units that are waiting together share one transaction, each in a savepoint of its own (group commit): a unit that
 *   fails rolls back alone, and the disk is synced once for all.
 * - `run` resolves only after COMMIT. If the COMMIT fails, every unit of the group rejects.
 * - `run` inside a unit joins it as a nested savepoint and commits with it.
 * - A statement outside the running unit is rejected (StrayStatementError). Statements are executed strictly in turn, and
 *   looked at when their turn has come: none slips behind a savepoint that was begun, or out of a transaction that ended.
 * - Nothing slow belongs in a unit, above all no network call: it would hold up every other write.
 */
@Injectable()
export class UnitOfWork {
  private readonly logger = new Logger(UnitOfWork.name);
  private readonly connection: WriterConnection;
  private readonly scope = new AsyncLocalStorage<Unit>();
  private readonly waiting: Waiting[] = [];
  private running: Unit | undefined;
  private draining: Promise<void> | undefined;

  constructor(
    writer: DataSource,
    private readonly limits: UnitOfWorkLimits = defaultLimits,
  ) {
    this.connection = new WriterConnection(writer, () => {
      const unit = this.scope.getStore();
      return () => unit !== undefined && unit.open && unit === this.running;
    });
  }

  /**
   * Runs `work` in a transaction.
   *
   * @returns what `work` returned, once it is committed
   * @throws what `work` threw, after rolling back what it did; DatabaseBusyError; UnitTimeoutError
   */
  run<T>(work: Work<T>): Promise<T> {
    const outer = this.scope.getStore();
    if (outer?.open) return this.runNested(outer, work);
    return new Promise<T>((resolve, reject) => {
      const unit = new Unit();
      this.waiting.push({
        unit,
        // The work keeps the async context of its caller (its trace), not that of whoever started the queue.
        work: AsyncResource.bind((manager: EntityManager) => this.scope.run(unit, work, manager)),
        resolve: resolve as Waiting['resolve'],
        reject,
      });
      this.draining ??= this.drain();
    });
  }

  /** Calls `callback` when the unit that is running now has been committed, and never if it is rolled back. */
  afterCommit(callback: () => void): void {
    const unit = this.scope.getStore();
    if (!unit?.open) throw new StrayStatementError('afterCommit() is for inside a unit of work');
    unit.afterCommit.push(callback);
  }

  /** Resolves when no unit is waiting or running. */
  async idle(): Promise<void> {
    while (this.draining) await this.draining;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, this.limits.groupSize);
      await this.runGroup(group);
    }
    // In the same turn as the check above: a unit that queues from here on starts a new drain.
    this.draining = undefined;
  }

  private async runGroup(group: Waiting[]): Promise<void> {
    const succeeded: { waiting: Waiting; value: unknown }[] = [];
    try {
      await this.begin();
      for (const waiting of group) {
        try {
          succeeded.push({ waiting, value: await this.runUnit(waiting.unit, waiting.work) });
        } catch (error) {
          // A full disk or an I/O error ends the whole transaction, not just this unit.
          if (!this.connection.inTransaction()) throw error;
          waiting.reject(error);
        }
      }
      await this.connection.execute('COMMIT');
      this.connection.markTransaction(false);
    } catch (error) {
      await this.abandon();
      for (const waiting of group) waiting.reject(error);
      return;
    }
    for (const { waiting, value } of succeeded) {
      waiting.resolve(value);
      for (const callback of waiting.unit.afterCommit) this.call(callback);
    }
  }

  /** The units are committed, and further ones wait: a callback that fails must not hold them up. */
  private call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.logger.error(error);
    }
  }

  /**
   * Takes the write lock. Waits for another process by trying again after a random pause: SQLite's own busy timeout
   * would block the event loop, and a regular pause lets one process starve the other.
   */
  private async begin(): Promise<void> {
    const giveUpAt = Date.now() + this.limits.lockTimeout;
    for (;;) {
      try {
        await this.connection.execute('BEGIN IMMEDIATE');
        this.connection.markTransaction(true);
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (Date.now() > giveUpAt) throw new DatabaseBusyError('another process keeps the database locked');
        await delay(1 + Math.random() * 10);
      }
    }
  }

  private runNested<T>(outer: Unit, work: Work<T>): Promise<T> {
    const run = async (): Promise<T> => {
      const unit = new Unit(outer);
      const value = await this.runUnit(unit, (manager) => this.scope.run(unit, work, manager));
      outer.afterCommit.push(...unit.afterCommit);
      return value;
    };
    const result = outer.nested.then(run);
    outer.nested = result.catch(() => undefined);
    return result;
  }

  private async runUnit<T>(unit: Unit, work: Work<T>): Promise<T> {
    await this.connection.inTurn(() => this.enter(unit));
    try {
      const value = await this.withinTimeout(this.complete(unit, work));
      await this.connection.inTurn(() => this.release(unit));
      return value;
    } catch (error) {
      unit.open = false;
      await this.connection.inTurn(() => this.rollBack(unit));
      throw error;
    }
  }

  /** Runs the work and the units inside it, of which it need not wait for all. */
  private async complete<T>(unit: Unit, work: Work<T>): Promise<T> {
    const value = await work(this.connection.manager);
    for (let last: unknown; last !== unit.nested; await last) last = unit.nested;
    unit.open = false;
    return value;
  }

  private async enter(unit: Unit): Promise<void> {
    const { outer } = unit;
    if (this.running !== outer || outer?.open === false || !this.connection.inTransaction()) {
      throw new StrayStatementError('the unit of work around this one is over');
    }
    await this.connection.query(`SAVEPOINT ${unit.savepoint}`);
    this.running = unit;
  }

  private async release(unit: Unit): Promise<void> {
    if (this.running !== unit) throw new StrayStatementError('the unit of work is over');
    if (!this.connection.inTransaction()) throw new Error('a statement rolled the whole transaction back');
    await this.connection.query(`RELEASE ${unit.savepoint}`);
    this.running = unit.outer;
  }

  private async rollBack(unit: Unit): Promise<void> {
    // Not so when a unit around it ran out of time: it has rolled this one back already, and others run now.
    if (!this.isRunning(unit)) return;
    // When this one ran out of time itself, those inside it go with it.
    for (let inner = this.running; inner && inner !== unit; inner = inner.outer) inner.open = false;
    this.running = unit.outer;
    if (!this.connection.inTransaction()) return;
    await this.connection.query(`ROLLBACK TO ${unit.savepoint}`);
    await this.connection.query(`RELEASE ${unit.savepoint}`);
  }

  /** Whether the unit, or one inside it, is the running one. */
  private isRunning(unit: Unit): boolean {
    let running = this.running;
    while (running && running !== unit) running = running.outer;
    return running === unit;
  }

  private async withinTimeout<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new UnitTimeoutError(`a unit of work took longer than ${this.limits.unitTimeout} ms`));
      }, this.limits.unitTimeout);
    });
    try {
      return await Promise.race([work, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async abandon(): Promise<void> {
    // If even this fails, so does the next BEGIN, and with it the next group: nothing is silent.
    if (this.connection.inTransaction())
      await this.connection.execute('ROLLBACK').catch((error: unknown) => this.logger.error(error));
    this.connection.markTransaction(false);
    this.running = undefined;
  }
}
