import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReader, openWriter } from '../src/index.js';
import { migrationsContract } from './migrations.js';
import { createPostgresDatabase } from './postgres-database.js';
import { aCounter, Counter, schema } from './temporary-database.js';

describe('data sources on PostgreSQL', () => {
  describe('migrations', () => migrationsContract(createPostgresDatabase));

  describe('connections', () => {
    let database: Awaited<ReturnType<typeof createPostgresDatabase>>;
    let writer: DataSource;
    let reader: DataSource;

    beforeEach(async () => {
      database = await createPostgresDatabase();
      // The URL's own options go along with ours.
      const url = `${database.url}?options=-c%20work_mem%3D5MB`;
      writer = await openWriter(url, schema, { instance: 'posts@here:4000', poolSize: 4 });
      reader = await openReader(url, schema, { instance: 'posts@here:4000', poolSize: 4 });
    });
    afterEach(async () => {
      await reader.destroy();
      await writer.destroy();
      await database.remove();
    });

    it('tell operators whose they are, give up what hangs, and leave sessions as the URL wants them', async () => {
      const show = async (source: DataSource, name: string) =>
        Object.values((await source.query<Record<string, string>[]>(`SHOW ${name}`))[0]!)[0];
      for (const source of [writer, reader]) {
        expect(await show(source, 'application_name')).toBe('posts@here:4000');
        expect(await show(source, 'statement_timeout')).toBe('10s');
        expect(await show(source, 'lock_timeout')).toBe('5s');
        expect(await show(source, 'idle_in_transaction_session_timeout')).toBe('20s');
        expect(await show(source, 'work_mem')).toBe('5MB');
      }
    });

    it('are no more than the pool may have', async () => {
      await Promise.all(Array.from({ length: 20 }, () => reader.query('SELECT pg_sleep(0.01)')));
      const [row] = await writer.query<{ count: string }[]>(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'posts@here:4000'`,
      );
      expect(Number(row!.count)).toBeLessThanOrEqual(4);
    });

    it('that read see committed rows and cannot write', async () => {
      await writer.manager.insert(Counter, aCounter('a'));
      expect(await reader.manager.find(Counter)).toEqual([aCounter('a')]);
      await expect(reader.getRepository(Counter).save(aCounter('b'))).rejects.toThrow(/read-only transaction/);
      await expect(reader.query('DELETE FROM counters')).rejects.toThrow(/read-only transaction/);
    });
  });
});
