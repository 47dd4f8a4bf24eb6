import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DataSource, type DataSourceOptions, MigrationExecutor } from 'typeorm';
import type { ConnectionOptions, Schema } from './schema.js';
import { withoutPassword } from './database-url.js';
import { isConnectionLost, isOverloaded } from './errors.js';
import { refuseUnfinishedTarget } from './move/refusals.js';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

export const DEFAULT_POOL_SIZE = 10;
/** How long to wait for a connection, a new one or one that becomes free, in milliseconds. */
const CONNECT_TIMEOUT = 3_000;
/** The longest that one statement runs, in milliseconds. */
const STATEMENT_TIMEOUT = 10_000;
/** The longest wait for a lock, in milliseconds: then the unit is repeated. */
const LOCK_TIMEOUT = 5_000;
/** When the server ends a session that left its transaction open, as its process hangs, in milliseconds. */
const IDLE_IN_TRANSACTION_TIMEOUT = 20_000;
/** When this side gives up an answer that should have come long ago, as the network is gone, in milliseconds. */
const ANSWER_TIMEOUT = 15_000;
/** The pause between attempts to reach a server that is away at the start, in milliseconds. */
const START_PAUSE = 2_000;
/** Name of the advisory lock around migrations: a number that nothing else in the database uses. */
const MIGRATION_LOCK = 7_275_359;

const logger = new Logger('PostgreSQL');

/** @param settings of every session, as `postgres -c` takes them */
function postgresOptions(
  url: string,
  schema: Schema,
  { instance = 'parley', poolSize = DEFAULT_POOL_SIZE }: ConnectionOptions,
  settings: string[],
): PostgresOptions {
  const target = new URL(url);
  // What the URL itself sets goes first, so that it cannot undo ours.
  const options = [target.searchParams.get('options'), ...settings.map((one) => `-c ${one}`)];
  target.searchParams.delete('options');
  return {
    type: 'postgres',
    url: target.href,
    entities: schema.entities,
    synchronize: false,
    installExtensions: false,
    applicationName: instance.slice(0, 63),
    poolSize: Math.max(1, Math.floor(poolSize / 2)),
    connectTimeoutMS: CONNECT_TIMEOUT,
    // A connection that was idle when it broke: the pool makes a new one when one is needed.
    poolErrorHandler: (error: unknown) => logger.warn(`lost a connection: ${messageOf(error)}`),
    extra: {
      options: options.filter(Boolean).join(' '),
      statement_timeout: STATEMENT_TIMEOUT,
      lock_timeout: LOCK_TIMEOUT,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT,
      query_timeout: ANSWER_TIMEOUT,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    },
  };
}

/** See `openWriter`. */
export function openPostgresWriter(url: string, schema: Schema, options: ConnectionOptions): Promise<DataSource> {
  // A sequential scan would make a unit depend on the whole table, and so conflict with all that change it.
  const settings = postgresOptions(url, schema, options, ['enable_seqscan=off']);
  return openPatiently(url, async () => {
    const writer = await new DataSource({ ...settings, migrations: schema.migrations }).initialize();
    try {
      await refuseUnfinishedTarget(writer);
      await migrate(writer);
      return writer;
    } catch (error) {
      await writer.destroy();
      throw error;
    }
  });
}

/** See `openReader`. */
export const openPostgresReader = (url: string, schema: Schema, options: ConnectionOptions): Promise<DataSource> =>
  openPatiently(url, () => new DataSource(postgresReaderOptions(url, schema, options)).initialize());

/** See `readerOptions`. */
export const postgresReaderOptions = (url: string, schema: Schema, options: ConnectionOptions): DataSourceOptions =>
  postgresOptions(url, schema, options, ['default_transaction_read_only=on']);

/** Tries again while the server is away, for as long as it takes. */
async function openPatiently(url: string, open: () => Promise<DataSource>): Promise<DataSource> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isConnectionLost(error) && !isOverloaded(error)) throw error;
      // The logger of the application, which is being created, would keep this to itself until then.
      process.stderr.write(`waiting for PostgreSQL at ${withoutPassword(url)}: ${messageOf(error)}\n`);
      await delay(START_PAUSE);
    }
  }
}

/** One transaction around all migrations, behind a lock: copies that start together migrate once. */
async function migrate(writer: DataSource): Promise<void> {
  const runner = writer.createQueryRunner();
  try {
    await runner.startTransaction('READ COMMITTED');
    await runner.query('SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0');
    await runner.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await runner.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    const executor = new MigrationExecutor(writer, runner);
    executor.transaction = 'none';
    await executor.executePendingMigrations();
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

const messageOf = (error: unknown): string => {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
};
