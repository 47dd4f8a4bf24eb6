import { type DataSource, type EntityManager, LessThan, MoreThan } from 'typeorm';
import { Lease } from './lease.entity.js';
import type { UnitOfWork } from './unit-of-work.js';

/** How long a lease is kept after it expired, in milliseconds. */
const FORGET_AFTER = 3_600_000;

/**
 * What only one process at a time may have, among all that share the database, for a time. Whoever dies loses it by not
 * renewing it.
 */
export class Leases {
  /** @param reader sees committed rows */
  constructor(
    private readonly reader: DataSource,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Takes a lease that is free, expired, or has been `holder`'s already.
   *
   * @param duration until when, from now, in milliseconds
   * @returns whether `holder` has it now
   */
  take(name: string, holder: string, duration: number): Promise<boolean> {
    return this.unitOfWork.run(async (manager) => {
      const now = await clock(manager);
      const lease = await manager.findOneBy(Lease, { name });
      if (lease && lease.holder !== holder && lease.expiresAt > now.toISOString()) return false;
      const expiresAt = new Date(now.getTime() + duration).toISOString();
      await manager.upsert(Lease, { name, holder, expiresAt }, ['name']);
      return true;
    });
  }

  /** Gives back all that `holder` has. */
  release(holder: string): Promise<unknown> {
    return this.unitOfWork.run((manager) => manager.delete(Lease, { holder }));
  }

  /** The leases that have not expired. */
  async live(): Promise<Lease[]> {
    const now = await clock(this.reader.manager);
    return this.reader.manager.findBy(Lease, { expiresAt: MoreThan(now.toISOString()) });
  }

  /** Deletes what expired long ago: instances that never came back. */
  forgetExpired(): Promise<unknown> {
    return this.unitOfWork.run(async (manager) => {
      const before = new Date((await clock(manager)).getTime() - FORGET_AFTER).toISOString();
      await manager.delete(Lease, { expiresAt: LessThan(before) });
    });
  }
}

/** One clock for all who share the database: the server's, or that of the one machine that has the file. */
async function clock(manager: EntityManager): Promise<Date> {
  if (manager.dataSource.options.type !== 'postgres') return new Date();
  const [row] = await manager.query<{ now: Date }[]>('SELECT now()');
  return row!.now;
}
