import { DataSource, type DataSourceOptions } from 'typeorm';
import { isPostgres } from './database-url.js';
import { type Outbox, PostgresOutbox, SqliteOutbox } from './outbox.js';
import { openPostgresReader, openPostgresWriter, postgresReaderOptions } from './postgres-data-sources.js';
import { PostgresUnitOfWork } from './postgres-unit-of-work.js';
import type { ConnectionOptions, Schema } from './schema.js';
import { openSqliteWriter, sqliteReaderOptions } from './sqlite-data-sources.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';
import type { UnitOfWork } from './unit-of-work.js';
import type { UnitOfWorkLimits } from './work.js';

/**
 * Opens the connections that write, and brings the schema up to date. Only the unit of work uses them. Waits for a
 * PostgreSQL that is away, and says so on stderr.
 *
 * @param url `sqlite:<path>` or `postgres://user:password@host:5432/database`
 * @throws Error when the URL is not understood, the database cannot be opened, or a migration fails
 */
export const openWriter = (url: string, schema: Schema, options: ConnectionOptions = {}): Promise<DataSource> =>
  isPostgres(url) ? openPostgresWriter(url, schema, options) : openSqliteWriter(url, schema);

/**
 * Opens the connections that read: they see committed rows only, and the database refuses a write through them. They are
 * what `@InjectRepository` gives, so a stray `save()` fails instead of landing outside a unit.
 */
export const openReader = (url: string, schema: Schema, options: ConnectionOptions = {}): Promise<DataSource> =>
  isPostgres(url)
    ? openPostgresReader(url, schema, options)
    : new DataSource(sqliteReaderOptions(url, schema)).initialize();

/** The TypeORM options that `openReader` opens. */
export const readerOptions = (url: string, schema: Schema, options: ConnectionOptions = {}): DataSourceOptions =>
  isPostgres(url) ? postgresReaderOptions(url, schema, options) : sqliteReaderOptions(url, schema);

/** The unit of work that writes through `writer`, which nobody else uses from here on. */
export const createUnitOfWork = (writer: DataSource, limits?: UnitOfWorkLimits): UnitOfWork =>
  writer.options.type === 'postgres' ? new PostgresUnitOfWork(writer, limits) : new SqliteUnitOfWork(writer, limits);

/** The outbox in the database of `writer` and `reader`. */
export const createOutbox = (writer: DataSource, reader: DataSource, unitOfWork: UnitOfWork): Outbox =>
  writer.options.type === 'postgres' ? new PostgresOutbox(reader, writer) : new SqliteOutbox(reader, unitOfWork);
