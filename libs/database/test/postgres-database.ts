import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import {
  createUnitOfWork,
  defaultLimits,
  openReader,
  openWriter,
  type UnitOfWork,
  type UnitOfWorkLimits,
} from '../src/index.js';
import { Counter, schema, type TestDatabase } from './temporary-database.js';

/** A new database on the tests' PostgreSQL server. */
export async function createPostgresDatabase(): Promise<{ url: string; remove: () => Promise<void> }> {
  const server = process.env['TEST_POSTGRES_URL'];
  if (!server) throw new Error('TEST_POSTGRES_URL is not set: the superuser of a PostgreSQL server for tests');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return { url: url.href, remove: () => asSuperuser(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function asSuperuser(url: string, sql: string): Promise<void> {
  const source = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
  await source.query(sql).finally(() => source.destroy());
}

/** One on PostgreSQL. */
export class PostgresDatabase implements TestDatabase {
  private constructor(
    readonly url: string,
    readonly writer: DataSource,
    readonly reader: DataSource,
    readonly unitOfWork: UnitOfWork,
    private readonly remove: () => Promise<void>,
  ) {}

  static async open(limits: Partial<UnitOfWorkLimits> = {}): Promise<PostgresDatabase> {
    const { url, remove } = await createPostgresDatabase();
    const options = { instance: 'test', poolSize: 10 };
    const writer = await openWriter(url, schema, options);
    const reader = await openReader(url, schema, options);
    const unitOfWork = createUnitOfWork(writer, { ...defaultLimits, ...limits });
    return new PostgresDatabase(url, writer, reader, unitOfWork, remove);
  }

  async ids(): Promise<string[]> {
    return (await this.reader.manager.find(Counter, { order: { id: 'ASC' } })).map(({ id }) => id);
  }

  async close(): Promise<void> {
    await this.unitOfWork.idle();
    await this.reader.destroy();
    await this.writer.destroy();
    await this.remove();
  }
}
