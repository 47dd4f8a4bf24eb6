import type Database from 'better-sqlite3';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { sqliteFileOf } from './database-url.js';

/** What a service's database holds. */
export interface Schema {
  entities: (new () => object)[];
  /** A list of classes, never a glob: a glob that finds nothing says nothing. */
  migrations: (new () => MigrationInterface)[];
}

type SqliteOptions = Extract<DataSourceOptions, { type: 'better-sqlite3' }>;

const sqliteOptions = (url: string, schema: Schema): SqliteOptions => ({
  type: 'better-sqlite3',
  database: sqliteFileOf(url),
  entities: schema.entities,
  synchronize: false,
});

/** How long opening and migrating wait for another process that holds the file, in milliseconds. */
const OPEN_TIMEOUT = 10_000;

/**
 * Opens the connection that writes, and brings the schema up to date.
 *
 * Only the unit of work uses it. After the migrations it never waits for another process's lock inside SQLite,
 * which would block the event loop; the unit of work tries again instead.
 *
 * @throws Error when the URL is not understood, the file cannot be opened, or a migration fails
 */
export async function openWriter(url: string, schema: Schema): Promise<DataSource> {
  const writer = new DataSource({
    ...sqliteOptions(url, schema),
    migrations: schema.migrations,
    timeout: OPEN_TIMEOUT,
    prepareDatabase: (db: Database.Database) => {
      db.pragma('journal_mode = WAL');
      // A commit is on the disk before it is answered: an accepted write survives a power cut.
      db.pragma('synchronous = FULL');
    },
  });
  await writer.initialize();
  try {
    await migrate(writer);
  } catch (error) {
    await writer.destroy();
    throw error;
  }
  return writer;
}

/** One transaction around all migrations, taken for writing at once: copies that start together migrate once. */
async function migrate(writer: DataSource): Promise<void> {
  await writer.query('BEGIN IMMEDIATE');
  try {
    await writer.runMigrations({ transaction: 'none' });
    await writer.query('COMMIT');
  } catch (error) {
    await writer.query('ROLLBACK');
    throw error;
  }
  await writer.query('PRAGMA busy_timeout = 0');
}

/**
 * Options of the connection that reads: it sees committed rows only, and SQLite refuses a write through it. It is what
 * `@InjectRepository` gives, so a stray `save()` fails instead of landing in whatever transaction is open.
 */
export const readerOptions = (url: string, schema: Schema): DataSourceOptions => ({
  ...sqliteOptions(url, schema),
  readonly: true,
  fileMustExist: true,
});
