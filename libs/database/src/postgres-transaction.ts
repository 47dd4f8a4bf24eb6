import type { AsyncLocalStorage } from 'node:async_hooks';
import type { ClientBase } from 'pg';
import { type DataSource, type QueryRunner, QueryRunnerAlreadyReleasedError } from 'typeorm';
import {
  CommitUnknownError,
  isAfterFailure,
  isConflict,
  isConnectionLost,
  isReadOnly,
  UnitTimeoutError,
} from './errors.js';
import { Unit, UnitRunner } from './unit-runner.js';
import type { Work } from './work.js';
import { WriterConnection } from './writer-connection.js';

/** How long the server may take to begin a transaction before the connection counts as lost, in milliseconds. */
const BEGIN_TIMEOUT = 3_000;

/** One attempt at a unit: a SERIALIZABLE transaction on a connection of its own. */
export class PostgresTransaction {
  private readonly connection: PostgresConnection;
  private readonly runner: UnitRunner;

  private constructor(
    writer: DataSource,
    runner: QueryRunner,
    client: ClientBase,
    scope: AsyncLocalStorage<Unit>,
    unitTimeout: number,
  ) {
    this.connection = new PostgresConnection(writer, runner, client);
    this.runner = new UnitRunner(this.connection, scope, unitTimeout);
  }

  /**
   * Takes a connection from the pool.
   *
   * @throws the driver's error when none can be had
   */
  static async open(
    writer: DataSource,
    scope: AsyncLocalStorage<Unit>,
    unitTimeout: number,
  ): Promise<PostgresTransaction> {
    const runner = writer.createQueryRunner();
    const client = (await runner.connect()) as ClientBase;
    return new PostgresTransaction(writer, runner, client, scope, unitTimeout);
  }

  /**
   * Runs `work`, commits, and gives the connection back.
   *
   * @throws what `work` threw, or why the transaction could not commit; CommitUnknownError when nobody knows if it did
   */
  async run<T>(work: Work<T>): Promise<{ unit: Unit; value: T }> {
    const unit = new Unit(this.runner, undefined);
    try {
      await this.connection.begin();
      const value = await this.runner.run(unit, work);
      // Work may have caught the error of a nested unit; what it concluded from it would not be so in any order.
      if (this.connection.conflict) throw this.connection.conflict;
      await this.commit();
      await this.connection.release();
      return { unit, value };
    } catch (error) {
      await this.end(error);
      throw this.connection.conflict ?? error;
    }
  }

  private async commit(): Promise<void> {
    // Told that the connection is gone before COMMIT was sent, we know: nothing took effect.
    this.connection.checkTransaction();
    try {
      await this.connection.execute('COMMIT');
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      throw new CommitUnknownError('the connection to the database was lost during a commit', { cause: error });
    }
  }

  /** Rolls back. A connection that hangs, is broken or leads to a standby does not go back to the pool. */
  private async end(error: unknown): Promise<void> {
    this.runner.reset();
    const spent =
      error instanceof UnitTimeoutError ||
      error instanceof CommitUnknownError ||
      isConnectionLost(error) ||
      isReadOnly(error);
    if (spent) return this.connection.discard(error);
    try {
      await this.connection.execute('ROLLBACK');
      await this.connection.release();
    } catch (failure) {
      await this.connection.discard(failure);
    }
  }
}

/** A connection of the pool, for as long as one transaction lasts. */
class PostgresConnection extends WriterConnection {
  /** The first error that says that what ran beside this transaction does not go together with it. */
  conflict: unknown;
  /** The error that broke the transaction, or a savepoint of it. */
  private failure: unknown;

  constructor(
    writer: DataSource,
    runner: QueryRunner,
    private readonly client: ClientBase,
  ) {
    super(writer, runner);
  }

  override inTransaction(): boolean {
    return this.client.getTransactionStatus() !== 'I';
  }

  override checkTransaction(): void {
    if (this.runner.isReleased) throw new QueryRunnerAlreadyReleasedError();
    const status = this.client.getTransactionStatus();
    if (status === 'E') throw this.failure;
    if (status === 'I') throw new Error('a statement ended the transaction');
  }

  /** With a depth, `manager.transaction()` makes a savepoint instead of committing what is not its own. */
  override markTransaction(active: boolean): void {
    super.markTransaction(active);
    Object.assign(this.runner, { transactionDepth: active ? 1 : 0 });
  }

  /** Of what takes no time at all the answer is not waited for as long as of a query. */
  async begin(): Promise<void> {
    const query = { text: 'BEGIN ISOLATION LEVEL SERIALIZABLE', query_timeout: BEGIN_TIMEOUT };
    await this.client.query(query);
    this.markTransaction(true);
  }

  async release(): Promise<void> {
    await this.runner.release();
  }

  /** Closes the connection; the pool makes a new one. */
  async discard(error: unknown): Promise<void> {
    type Releasable = { releasePostgresConnection(error: Error): Promise<void> };
    const reason = error instanceof Error ? error : new Error(String(error));
    await (this.runner as unknown as Releasable).releasePostgresConnection(reason);
  }

  protected override async watch<T>(statement: Promise<T>): Promise<T> {
    try {
      return await statement;
    } catch (error) {
      if (isConflict(error)) this.conflict ??= error;
      if (!isAfterFailure(error)) this.failure = error;
      throw error;
    }
  }
}
