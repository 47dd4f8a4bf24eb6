import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { StrayStatementError } from './errors.js';

/**
 * A connection that writes. Statements are executed strictly in turn. What comes through `manager` is let through only
 * if it may be when its turn has come.
 */
export abstract class WriterConnection {
  /** What units write through. */
  readonly manager: EntityManager;
  /** The driver's own `query`, past the guard: only for what is in turn already. */
  readonly query: (sql: string) => Promise<unknown>;
  private lastStatement: Promise<unknown> = Promise.resolve();

  constructor(
    writer: DataSource,
    protected readonly runner: QueryRunner,
  ) {
    this.manager = writer.createEntityManager(runner);
    this.query = runner.query.bind(runner);
  }

  /** Whether a transaction is open. */
  abstract inTransaction(): boolean;

  /** @throws Error when there is no open transaction that could be committed */
  abstract checkTransaction(): void;

  /** Runs a statement of the unit of work itself. */
  execute(sql: string): Promise<unknown> {
    return this.inTurn(() => this.query(sql));
  }

  /** Runs `statements` when all that were issued before are done. */
  inTurn<T>(statements: () => Promise<T>): Promise<T> {
    const result = this.lastStatement.then(statements);
    this.lastStatement = result.catch(() => undefined);
    return result;
  }

  /** Tells TypeORM whether a transaction is open, so that `save()` does not begin one of its own. */
  markTransaction(active: boolean): void {
    Object.assign(this.runner, { isTransactionActive: active });
  }

  /** @param permit called when a statement is issued; what it returns is asked when the statement's turn has come */
  guard(permit: () => () => boolean): void {
    const query = this.runner.query.bind(this.runner) as (...args: unknown[]) => Promise<unknown>;
    this.runner.query = ((...args: unknown[]) => {
      const permitted = permit();
      return this.inTurn(() => {
        if (permitted() && this.inTransaction()) return this.watch(query(...args));
        const sql = String(args[0]).slice(0, 200);
        throw new StrayStatementError(`statement outside the running unit of work: ${sql}`);
      });
    }) as QueryRunner['query'];
  }

  /** Sees the outcome of every statement of a unit. */
  protected watch<T>(statement: Promise<T>): Promise<T> {
    return statement;
  }
}
