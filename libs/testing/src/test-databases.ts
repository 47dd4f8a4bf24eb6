import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { AppName } from '#contracts';

/** Whether this run of the tests is the one on PostgreSQL. */
export const onPostgres = process.env['TEST_DATABASE'] === 'postgres';

/**
 * The databases of a system under test, of its own: files in its folder; with `TEST_DATABASE=postgres`, databases on the
 * server that `TEST_POSTGRES_URL` names, except for query's, which is always a file.
 */
export class TestDatabases {
  private readonly urls = new Map<AppName, string>();

  constructor(private readonly folder: string) {}

  /**
   * The `DATABASE_URL` of an app; its database is made when it is asked for first.
   *
   * @throws Error when `TEST_POSTGRES_URL` is needed and not set, or the server refuses
   */
  async urlOf(name: AppName): Promise<string> {
    const url = this.urls.get(name) ?? (await this.create(name));
    this.urls.set(name, url);
    return url;
  }

  /** Deletes the database of a stopped app. */
  async remove(name: AppName): Promise<void> {
    const url = this.urls.get(name);
    this.urls.delete(name);
    if (url?.startsWith('postgres:')) {
      await dropPostgresDatabase(url);
    } else {
      for (const ending of ['', '-wal', '-shm']) await rm(this.fileOf(name) + ending, { force: true });
    }
  }

  async removeAll(): Promise<void> {
    for (const name of this.urls.keys()) await this.remove(name);
  }

  private async create(name: AppName): Promise<string> {
    if (!onPostgres || !['posts', 'comments', 'moderation'].includes(name)) return `sqlite:${this.fileOf(name)}`;
    return createPostgresDatabase(name);
  }

  private fileOf(name: AppName): string {
    return join(this.folder, `${name}.db`);
  }
}

/**
 * Makes an empty database.
 *
 * @param label what its name begins with
 * @param server URL of a superuser; the tests' server when left out
 * @returns its URL
 */
export async function createPostgresDatabase(label: string, server = testServer()): Promise<string> {
  const url = new URL(server);
  url.pathname = `/test-${label}-${randomUUID()}`;
  await asSuperuser(`CREATE DATABASE "${nameIn(url.href)}"`, server);
  return url.href;
}

/** Deletes what `createPostgresDatabase` made, whoever is connected to it. */
export const dropPostgresDatabase = (url: string): Promise<void> =>
  asSuperuser(`DROP DATABASE IF EXISTS "${nameIn(url)}" WITH (FORCE)`);

async function asSuperuser(sql: string, server = testServer()): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

const nameIn = (url: string): string => new URL(url).pathname.slice(1);

function testServer(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (!url) throw new Error('TEST_POSTGRES_URL is not set; start the tests with npm test or npx vitest run');
  return url;
}
