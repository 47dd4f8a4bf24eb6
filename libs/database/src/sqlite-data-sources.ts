import type Database from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { refuseMovedSource } from './move/refusals.js';
import { refuseNetworkDrive } from './network-drive.js';
import type { Schema } from './schema.js';
import { sqliteFileOf } from './database-url.js';

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
 * See `openWriter`. After the migrations the connection never waits for another process's lock inside SQLite, which
 * would block the event loop; the unit of work tries again instead.
 */
export async function openSqliteWriter(url: string, schema: Schema): Promise<DataSource> {
  await refuseNetworkDrive(sqliteFileOf(url));
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
    await refuseMovedSource(writer);
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

/** See `readerOptions`. */
export const sqliteReaderOptions = (url: string, schema: Schema): DataSourceOptions => ({
  ...sqliteOptions(url, schema),
  readonly: true,
  fileMustExist: true,
});
