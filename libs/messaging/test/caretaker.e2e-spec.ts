import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { CreateLeases1790000000005, createUnitOfWork, Lease, Leases, openReader, openWriter } from '#database';
import { Caretaker, type MessagingOptions } from '#messaging';
import { waitFor } from '#testing';
import { createPostgresDatabase } from '../../database/test/postgres-database.js';
import { temporaryFile } from '../../database/test/temporary-database.js';

const schema = { entities: [Lease], migrations: [CreateLeases1790000000005] };

/** A copy with connections of its own, as a process has them. */
class Copy {
  private constructor(
    readonly sut: Caretaker,
    private readonly sources: DataSource[],
  ) {}

  static async start(url: string, instance: string): Promise<Copy> {
    const writer = await openWriter(url, schema, { poolSize: 2 });
    const reader = await openReader(url, schema, { poolSize: 2 });
    const unitOfWork = createUnitOfWork(writer);
    const sut = new Caretaker({ instance } as MessagingOptions, new Leases(reader, unitOfWork), unitOfWork);
    await sut.onApplicationBootstrap();
    return new Copy(sut, [reader, writer]);
  }

  async stop(): Promise<void> {
    await this.sut.stop();
    await this.die();
  }

  /** Nothing reaches the database any more, as when the process was killed. */
  async die(): Promise<void> {
    for (const source of this.sources.splice(0)) await source.destroy();
  }
}

describe.each([
  ['SQLite', temporaryFile],
  ['PostgreSQL', createPostgresDatabase],
])(`${Caretaker.name} on %s`, (_, create) => {
  let database: { url: string; remove: () => Promise<void> };
  let copies: Copy[];
  const chosen = () => copies.filter(({ sut }) => sut.isChosen);

  beforeEach(async () => {
    database = await create();
    copies = await Promise.all(['a', 'b', 'c'].map((name) => Copy.start(database.url, name)));
  });
  afterEach(async () => {
    for (const copy of copies) await copy.stop();
    await database.remove();
  });

  it('is one of the copies', async () => {
    expect(chosen()).toHaveLength(1);
    expect((await copies[0]!.sut.livingInstances()).toSorted()).toEqual(['a', 'a', 'b', 'c']);
  });

  it('is another when it stops, at once, and never two', async () => {
    const [first] = chosen();
    await first!.stop();
    expect(first!.sut.isChosen).toBe(false);
    copies = copies.filter((copy) => copy !== first);
    await waitFor(() => chosen().length === 1, { timeout: 8_000 });
  });

  it('is another some time after it died, and never two', async () => {
    // It says that it cannot renew its leases, which nobody needs to see here.
    Logger.overrideLogger(false);
    const [first] = chosen();
    await first!.die();
    const seen: number[] = [];
    const watch = (async () => {
      while (!copies.some((copy) => copy !== first && copy.sut.isChosen)) {
        seen.push(chosen().length);
        await delay(20);
      }
    })();
    await watch;
    expect(Math.max(...seen)).toBe(1);
    expect(chosen()).toHaveLength(1);
    expect(await chosen()[0]!.sut.livingInstances()).not.toContain([...'abc'][copies.indexOf(first!)]);
  });
});
