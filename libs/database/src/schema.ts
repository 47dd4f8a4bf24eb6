import type { MigrationInterface } from 'typeorm';

/** What a service's database holds. */
export interface Schema {
  entities: (new () => object)[];
  /** A list of classes, never a glob: a glob that finds nothing says nothing. */
  migrations: (new () => MigrationInterface)[];
}

/** How a process connects to PostgreSQL; SQLite needs none of it. */
export interface ConnectionOptions {
  /** What operators see in `pg_stat_activity`: which process it is. */
  instance?: string | undefined;
  /** The most connections that the process opens: half of them to write, half to read. */
  poolSize?: number | undefined;
}
