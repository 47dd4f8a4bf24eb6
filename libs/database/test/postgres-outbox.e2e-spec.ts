import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createOutbox,
  CreateOutbox1790000000001,
  createUnitOfWork,
  openReader,
  openWriter,
  OrderOutboxByEvent1790000000004,
  type Outbox,
  OutboxMessage,
} from '../src/index.js';
import { PostgresOutbox } from '../src/outbox.js';
import { createPostgresDatabase } from './postgres-database.js';
import { deferred } from './temporary-database.js';

const schema = {
  entities: [OutboxMessage],
  migrations: [CreateOutbox1790000000001, OrderOutboxByEvent1790000000004],
};
const aMessage = (eventId: string): OutboxMessage => ({ eventId, type: 'x', body: '{}', owner: 'gone', createdAt: '' });
const filter = { owners: ['gone'], withoutTypes: [], limit: 2 };
const ids = (messages: OutboxMessage[]) => messages.map(({ eventId }) => eventId);

describe(PostgresOutbox.name, () => {
  let database: Awaited<ReturnType<typeof createPostgresDatabase>>;
  let writer: DataSource;
  let reader: DataSource;
  let sut: Outbox;

  beforeEach(async () => {
    database = await createPostgresDatabase();
    writer = await openWriter(database.url, schema);
    reader = await openReader(database.url, schema);
    sut = createOutbox(writer, reader, createUnitOfWork(writer));
    await writer.manager.insert(OutboxMessage, ['a', 'b', 'c', 'd'].map(aMessage));
  });
  afterEach(async () => {
    await reader.destroy();
    await writer.destroy();
    await database.remove();
  });

  it('gives no message to two at once, whatever they believe to own', async () => {
    const [begun, goOn] = [deferred(), deferred()];
    const taken: string[][] = [];
    const first = sut.take(filter, async (messages) => {
      taken.push(ids(messages));
      begun.resolve();
      await goOn.promise;
      return ids(messages);
    });
    await begun.promise;
    await sut.take(filter, (messages) => Promise.resolve((taken.push(ids(messages)), ids(messages))));
    goOn.resolve();
    expect(await first).toBe(2);
    expect(taken).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(await sut.count()).toBe(0);
  });

  it('keeps what could not be published', async () => {
    expect(await sut.take(filter, () => Promise.resolve(['b']))).toBe(1);
    await expect(sut.take(filter, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(ids(await reader.manager.find(OutboxMessage, { order: { eventId: 'ASC' } }))).toEqual(['a', 'c', 'd']);
  });
});
