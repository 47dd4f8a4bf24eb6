import type { EntityManager } from 'typeorm';

/**
 * Work that writes: everything it does through `manager` commits together or not at all.
 *
 * It may be called several times, of which one commits: on PostgreSQL a unit that ran into another is rolled back and
 * repeated. So it does nothing that a rollback does not undo; what is to happen once goes into `afterCommit`.
 */
export type Work<T> = (manager: EntityManager) => Promise<T>;

export interface UnitOfWorkLimits {
  /** SQLite: the most units that share one COMMIT. */
  groupSize: number;
  /** A unit that takes longer is rolled back, in milliseconds: what waits for it must not wait for ever. */
  unitTimeout: number;
  /** How long to go on trying while others keep the database busy, in milliseconds. */
  lockTimeout: number;
}

export const defaultLimits: UnitOfWorkLimits = { groupSize: 256, unitTimeout: 10_000, lockTimeout: 10_000 };
