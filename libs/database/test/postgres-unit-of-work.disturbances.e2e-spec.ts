import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitFor } from '#testing';
import { TcpLink } from '../../../chaos/faults/link.mjs';
import {
  CommitUnknownError,
  createUnitOfWork,
  DatabaseBusyError,
  defaultLimits,
  isDatabaseTrouble,
  openReader,
  openWriter,
  type UnitOfWork,
} from '../src/index.js';
import { PostgresUnitOfWork } from '../src/postgres-unit-of-work.js';
import { createPostgresDatabase, PostgresDatabase } from './postgres-database.js';
import { aCounter, Counter, deferred, schema } from './temporary-database.js';

const insert = (manager: EntityManager, id: string) => manager.insert(Counter, aCounter(id));

describe(`${PostgresUnitOfWork.name}: when the connection fails`, () => {
  let database: Awaited<ReturnType<typeof createPostgresDatabase>>;
  let link: TcpLink;
  let url: string;
  let writer: DataSource;
  /** Not through the proxy. */
  let reader: DataSource;
  let sut: UnitOfWork;
  const ids = async () => (await reader.manager.find(Counter, { order: { id: 'ASC' } })).map(({ id }) => id);

  beforeEach(async () => {
    // Lost connections are logged, which nobody needs to see here.
    Logger.overrideLogger(false);
    database = await createPostgresDatabase();
    const proxied = new URL(database.url);
    link = await TcpLink.open({ host: proxied.hostname, port: Number(proxied.port) });
    [proxied.hostname, proxied.port] = ['127.0.0.1', String(link.port)];
    url = proxied.href;
    writer = await openWriter(url, schema);
    reader = await openReader(database.url, schema);
    sut = createUnitOfWork(writer);
  });
  afterEach(async () => {
    await writer.destroy();
    await reader.destroy();
    await link.close();
    await database.remove();
  });

  it('says that the database is away, and works again when it is back', async () => {
    await sut.run((manager) => insert(manager, 'before'));
    link.refuse();
    const error: unknown = await sut.run((manager) => insert(manager, 'away')).catch((reason: unknown) => reason);
    expect(isDatabaseTrouble(error)).toBe(true);
    link.restore();
    await sut.run((manager) => insert(manager, 'back'));
    expect(await ids()).toEqual(['back', 'before']);
  });

  it('repeats a unit whose connection broke before COMMIT, so that it takes effect once', async () => {
    let attempts = 0;
    const called: number[] = [];
    await sut.run(async (manager) => {
      const attempt = ++attempts;
      sut.afterCommit(() => called.push(attempt));
      await insert(manager, `attempt ${attempt}`);
      if (attempt > 1) return;
      link.refuse();
      link.restore();
      await manager.count(Counter);
    });
    expect(await ids()).toEqual(['attempt 2']);
    expect(called).toEqual([2]);
  });

  it('repeats a unit whose session the server ended', async () => {
    let attempts = 0;
    await sut.run(async (manager) => {
      await insert(manager, `attempt ${++attempts}`);
      const [session] = await manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      if (attempts === 1) await reader.query('SELECT pg_terminate_backend($1)', [session!.pid]);
      await manager.count(Counter);
    });
    expect(await ids()).toEqual(['attempt 2']);
  });

  it('tells the caller when nobody knows whether the COMMIT took effect, and does not repeat it', async () => {
    // A COMMIT that takes as long as the test holds this lock.
    await sut.run(async (manager) => {
      await manager.query(`CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$`);
      await manager.query(`CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON counters DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION linger()`);
    });
    const holder = reader.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock(1)');
    const work = vi.fn<(manager: EntityManager) => Promise<unknown>>((manager) => insert(manager, 'a'));
    const outcome = sut.run(work).catch((error: unknown) => error);
    await waitFor(async () => {
      const [row] = await reader.query<{ count: string }[]>(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT' AND wait_event_type = 'Lock'`,
      );
      return row!.count === '1';
    });
    link.refuse();
    expect(await outcome).toBeInstanceOf(CommitUnknownError);
    expect(work).toHaveBeenCalledTimes(1);
    await holder.query('SELECT pg_advisory_unlock(1)');
    await holder.release();
    // Here it did.
    await waitFor(async () => (await ids()).includes('a'));
    link.restore();
  });

  it('does not wait for ever for a database that has fallen silent', async () => {
    const brief = createUnitOfWork(writer, { ...defaultLimits, unitTimeout: 500 });
    await brief.run((manager) => insert(manager, 'before'));
    link.cut();
    const error: unknown = await brief.run((manager) => insert(manager, 'silent')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    link.restore();
    await waitFor(() => sut.run((manager) => insert(manager, 'again')).then(() => true));
    expect(await ids()).toEqual(['again', 'before']);
  });

  it('waits at its start for a database that is away, and says so without the password', async () => {
    const said: string[] = [];
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(said.push(String(text))));
    link.refuse();
    const opening = openWriter(url, schema);
    await waitFor(() => said.length > 0);
    link.restore();
    const opened = await opening;
    stderr.mockRestore();
    await opened.destroy();
    expect(said[0]).toMatch(/waiting for PostgreSQL at postgres:\/\/\w+:\*\*\*@127\.0\.0\.1:\d+\/.*ECONNRESET/);
    expect(said.join('')).not.toContain(new URL(url).password);
  });
});

describe(`${PostgresUnitOfWork.name}: limits`, () => {
  let database: PostgresDatabase;
  afterEach(() => database.close());

  it('gives up with a DatabaseBusyError when no connection becomes free', async () => {
    database = await PostgresDatabase.open({ lockTimeout: 100 });
    const goOn = deferred();
    const holding = Array.from({ length: 5 }, () => database.unitOfWork.run(() => goOn.promise));
    await expect(database.unitOfWork.run((manager) => insert(manager, 'a'))).rejects.toThrow(DatabaseBusyError);
    goOn.resolve();
    await Promise.all(holding);
  });

  it('gives up with a DatabaseBusyError when the same rows keep changing', async () => {
    database = await PostgresDatabase.open({ lockTimeout: 3_000 });
    await database.unitOfWork.run((manager) => insert(manager, 'a'));
    let attempts = 0;
    const run = database.unitOfWork.run(async (manager) => {
      await manager.findOneBy(Counter, { id: 'a' });
      // Somebody else is always quicker.
      await database.writer.manager.increment(Counter, { id: 'a' }, 'value', 1);
      attempts++;
      await manager.increment(Counter, { id: 'a' }, 'value', 100);
    });
    await expect(run).rejects.toThrow(DatabaseBusyError);
    expect(attempts).toBeGreaterThan(1);
    expect((await database.reader.manager.findOneByOrFail(Counter, { id: 'a' })).value).toBe(attempts);
  });

  it('repeats a conflict even when the work has caught its error', async () => {
    database = await PostgresDatabase.open();
    await database.unitOfWork.run((manager) => insert(manager, 'a'));
    let attempts = 0;
    await database.unitOfWork.run(async (manager) => {
      await manager.findOneBy(Counter, { id: 'a' });
      if (++attempts === 1) await database.writer.manager.increment(Counter, { id: 'a' }, 'value', 1);
      const add = () => manager.increment(Counter, { id: 'a' }, 'value', 100);
      await database.unitOfWork.run(add).catch(() => undefined);
    });
    expect(attempts).toBe(2);
    expect((await database.reader.manager.findOneByOrFail(Counter, { id: 'a' })).value).toBe(101);
  });

  it('reports a unique violation that is no race, after having looked whether it is', async () => {
    database = await PostgresDatabase.open();
    await database.unitOfWork.run((manager) => insert(manager, 'a'));
    await expect(database.unitOfWork.run((manager) => insert(manager, 'a'))).rejects.toThrow(/duplicate key/);
  });
});
