import { AsyncResource } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { DatabaseBusyError, isLocked } from './errors.js';
import { UnitOfWork } from './unit-of-work.js';
import { defaultLimits, type UnitOfWorkLimits, type Work } from './work.js';
import { Unit, UnitRunner } from './unit-runner.js';
import { WriterConnection } from './writer-connection.js';

interface Waiting {
  unit: Unit;
  work: () => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * The unit of work on SQLite, which has one writer at a time, and whose driver has a single connection, on which
 * concurrent transactions would run into each other. So:
 *
 * - Units queue, and run strictly one after the other.
 * - Units that are waiting together share one transaction, each in a savepoint of its own (group commit): a unit that
 *   fails rolls back alone, and the disk is synced once for all. If the COMMIT fails, every unit of the group rejects.
 */
export class SqliteUnitOfWork extends UnitOfWork {
  private readonly log = new Logger(UnitOfWork.name);
  private readonly connection: SqliteConnection;
  private readonly runner: UnitRunner;
  private readonly waiting: Waiting[] = [];
  private draining: Promise<void> | undefined;

  /** @param writer the only connection that writes; from here on nobody else uses it */
  constructor(
    writer: DataSource,
    private readonly limits: UnitOfWorkLimits = defaultLimits,
  ) {
    super();
    this.connection = new SqliteConnection(writer);
    this.runner = new UnitRunner(this.connection, this.scope, limits.unitTimeout);
  }

  override async idle(): Promise<void> {
    while (this.draining) await this.draining;
  }

  protected override runOutermost<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const unit = new Unit(this.runner, 'unit');
      this.waiting.push({
        unit,
        // The work keeps the async context of its caller (its trace), not that of whoever started the queue.
        work: AsyncResource.bind(() => this.runner.run(unit, work)),
        resolve: resolve as Waiting['resolve'],
        reject,
      });
      this.draining ??= this.drain();
    });
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
          succeeded.push({ waiting, value: await waiting.work() });
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
      this.callBack(waiting.unit);
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
        if (!isLocked(error)) throw error;
        if (Date.now() > giveUpAt) throw new DatabaseBusyError('another process keeps the database locked');
        await delay(1 + Math.random() * 10);
      }
    }
  }

  private async abandon(): Promise<void> {
    // If even this fails, so does the next BEGIN, and with it the next group: nothing is silent.
    if (this.connection.inTransaction())
      await this.connection.execute('ROLLBACK').catch((error: unknown) => this.log.error(error));
    this.connection.markTransaction(false);
    this.runner.reset();
  }
}

/** The single connection of TypeORM's driver. */
class SqliteConnection extends WriterConnection {
  constructor(private readonly writer: DataSource) {
    super(writer, writer.createQueryRunner());
  }

  override inTransaction(): boolean {
    const { databaseConnection } = this.writer.driver as unknown as { databaseConnection?: { inTransaction: boolean } };
    return databaseConnection?.inTransaction ?? false;
  }

  override checkTransaction(): void {
    if (!this.inTransaction()) throw new Error('a statement rolled the whole transaction back');
  }
}
