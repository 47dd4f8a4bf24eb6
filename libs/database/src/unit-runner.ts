import type { AsyncLocalStorage } from 'node:async_hooks';
import { StrayStatementError, UnitTimeoutError } from './errors.js';
import type { Work } from './work.js';
import type { WriterConnection } from './writer-connection.js';

/** One unit, from its beginning to its end. A unit inside a unit is a nested savepoint. */
export class Unit {
  open = true;
  readonly afterCommit: (() => void)[] = [];
  /** Nested units run one after the other: savepoints must nest, not interleave. */
  nested: Promise<unknown> = Promise.resolve();

  /**
   * @param runner what runs it, and the units inside it
   * @param savepoint its name; none when the unit has the whole transaction to itself
   */
  constructor(
    readonly runner: UnitRunner,
    readonly savepoint: string | undefined,
    readonly outer?: Unit,
  ) {}
}

/**
 * Runs units on one connection, one after the other and inside each other, each in a savepoint.
 *
 * Statements are executed strictly in turn, and looked at when their turn has come: none slips behind a savepoint that
 * was begun, or out of a transaction that ended.
 */
export class UnitRunner {
  private running: Unit | undefined;

  constructor(
    private readonly connection: WriterConnection,
    private readonly scope: AsyncLocalStorage<Unit>,
    private readonly unitTimeout: number,
  ) {
    connection.guard(() => {
      const unit = scope.getStore();
      return () => unit !== undefined && unit.open && unit === this.running;
    });
  }

  /** Runs `work` as `unit`, in the transaction that was begun. */
  async run<T>(unit: Unit, work: Work<T>): Promise<T> {
    await this.connection.inTurn(() => this.enter(unit));
    try {
      const value = await this.withinTimeout(this.complete(unit, work));
      await this.connection.inTurn(() => this.release(unit));
      return value;
    } catch (error) {
      unit.open = false;
      // On a connection of its own there is nobody else to see to; a hanging statement is not waited for.
      if (unit.savepoint) await this.connection.inTurn(() => this.rollBack(unit));
      throw error;
    }
  }

  /** Runs `work` inside the unit `outer`. */
  runNested<T>(outer: Unit, work: Work<T>): Promise<T> {
    const run = async (): Promise<T> => {
      const unit = new Unit(this, `nested_${depthOf(outer)}`, outer);
      const value = await this.run(unit, work);
      outer.afterCommit.push(...unit.afterCommit);
      return value;
    };
    const result = outer.nested.then(run);
    outer.nested = result.catch(() => undefined);
    return result;
  }

  /** The transaction is over, and with it all that ran in it. */
  reset(): void {
    this.running = undefined;
  }

  /** Runs the work and the units inside it, of which it need not wait for all. */
  private async complete<T>(unit: Unit, work: Work<T>): Promise<T> {
    const value = await this.scope.run(unit, work, this.connection.manager);
    for (let last: unknown; last !== unit.nested; await last) last = unit.nested;
    unit.open = false;
    return value;
  }

  private async enter(unit: Unit): Promise<void> {
    const { outer, savepoint } = unit;
    if (this.running !== outer || outer?.open === false || !this.connection.inTransaction()) {
      throw new StrayStatementError('the unit of work around this one is over');
    }
    if (savepoint) await this.connection.query(`SAVEPOINT ${savepoint}`);
    this.running = unit;
  }

  private async release(unit: Unit): Promise<void> {
    if (this.running !== unit) throw new StrayStatementError('the unit of work is over');
    this.connection.checkTransaction();
    if (unit.savepoint) await this.connection.query(`RELEASE ${unit.savepoint}`);
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
        reject(new UnitTimeoutError(`a unit of work took longer than ${this.unitTimeout} ms`));
      }, this.unitTimeout);
    });
    try {
      return await Promise.race([work, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function depthOf(unit: Unit): number {
  return unit.outer ? depthOf(unit.outer) + 1 : 1;
}
