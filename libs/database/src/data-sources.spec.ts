import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrationsContract } from '../test/migrations.js';
import { aCounter, Counter, LockHolder, schema, temporaryFile } from '../test/temporary-database.js';
import { openWriter, readerOptions } from './data-sources.js';

class BrokenMigration1790000000999 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half_done (id integer)');
    await runner.query('this is not SQL');
  }

  down = (): Promise<void> => Promise.resolve();
}

const migrationsRun = (source: DataSource) => source.query<{ name: string }[]>('SELECT name FROM migrations');

describe('data sources', () => {
  let temporary: Awaited<ReturnType<typeof temporaryFile>>;
  const opened: DataSource[] = [];
  const open = async (...args: Parameters<typeof openWriter>) => {
    const source = await openWriter(...args);
    opened.push(source);
    return source;
  };

  const openReader = async () => {
    const reader = await new DataSource(readerOptions(temporary.url, schema)).initialize();
    opened.push(reader);
    return reader;
  };

  beforeEach(async () => {
    temporary = await temporaryFile();
  });
  afterEach(async () => {
    for (const source of opened.splice(0)) await source.destroy();
    await temporary.remove();
  });

  describe(openWriter.name, () => {
    it('syncs each commit to the disk, logs ahead and never waits inside SQLite', async () => {
      const sut = await open(temporary.url, schema);
      expect(await sut.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      expect(await sut.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
      expect(await sut.query('PRAGMA busy_timeout')).toEqual([{ timeout: 0 }]);
    });

    it('migrates nothing anew in a file that is up to date, and keeps its rows', async () => {
      const first = await open(temporary.url, schema);
      await first.manager.insert(Counter, aCounter('a'));
      const sut = await open(temporary.url, schema);
      expect(await migrationsRun(sut)).toHaveLength(1);
      expect(await sut.manager.find(Counter)).toEqual([aCounter('a')]);
    });

    it('waits for another process that holds the file', async () => {
      await open(temporary.url, schema);
      // Opening waits inside SQLite, which blocks this process.
      const other = await LockHolder.lock(temporary.file, 300);
      await expect(open(temporary.url, schema)).resolves.toBeInstanceOf(DataSource);
      await other.release();
    });

    it('rolls back all migrations when one fails, and says which', async () => {
      const broken = { ...schema, migrations: [...schema.migrations, BrokenMigration1790000000999] };
      await expect(open(temporary.url, broken)).rejects.toThrow(/syntax error/);
      const sut = await open(temporary.url, { ...schema, migrations: [] });
      expect(await sut.query(`SELECT name FROM sqlite_master WHERE name IN ('counters', 'half_done')`)).toEqual([]);
    });

    it('says what is wrong with a URL that is of another kind', async () => {
      await expect(open('mysql://localhost/parley', schema)).rejects.toThrow(/sqlite:<path of a file>/);
    });
  });

  describe('migrations', () => migrationsContract(temporaryFile));

  describe(readerOptions.name, () => {
    it('reads what is committed', async () => {
      const writer = await open(temporary.url, schema);
      const sut = await openReader();
      await writer.query('BEGIN');
      await writer.manager.insert(Counter, aCounter('a'));
      expect(await sut.manager.count(Counter)).toBe(0);
      await writer.query('COMMIT');
      expect(await sut.manager.count(Counter)).toBe(1);
    });

    it('cannot write', async () => {
      await open(temporary.url, schema);
      const sut = await openReader();
      await expect(sut.getRepository(Counter).save(aCounter('a'))).rejects.toThrow(/readonly/);
      await expect(sut.manager.insert(Counter, aCounter('a'))).rejects.toThrow(/readonly/);
      await expect(sut.query('DELETE FROM counters')).rejects.toThrow(/readonly/);
      expect(await sut.manager.count(Counter)).toBe(0);
    });

    it('does not make a file that is not there', async () => {
      await expect(openReader()).rejects.toThrow(/unable to open/);
    });
  });
});
