import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  CreateInbox1790000000002,
  CreateLeases1790000000005,
  CreateLogPosition1790000000003,
  CreateOutbox1790000000001,
  CreateRepeats1790000000006,
  InboxMessage,
  Lease,
  LogPosition,
  openWriter,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
  RepeatedEvent,
} from '../src/index.js';

const latest = {
  entities: [OutboxMessage, InboxMessage, LogPosition, Lease, RepeatedEvent],
  migrations: [
    CreateOutbox1790000000001,
    CreateInbox1790000000002,
    CreateLogPosition1790000000003,
    OrderOutboxByEvent1790000000004,
    CreateLeases1790000000005,
    CreateRepeats1790000000006,
  ],
};

/** What holds for our migrations, on every database. */
export function migrationsContract(create: () => Promise<{ url: string; remove: () => Promise<void> }>): void {
  let database: Awaited<ReturnType<typeof create>>;
  const opened: DataSource[] = [];
  const open = async (schema: Parameters<typeof openWriter>[1]) => {
    const source = await openWriter(database.url, schema);
    opened.push(source);
    return source;
  };

  beforeEach(async () => {
    database = await create();
  });
  afterEach(async () => {
    for (const source of opened.splice(0)) await source.destroy();
    await database.remove();
  });

  it('has migrations that make exactly what the entities describe', async () => {
    const source = await open(latest);
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('migrates once when several open the same new database at once', async () => {
    const sources = await Promise.all(Array.from({ length: 4 }, () => open(latest)));
    for (const source of sources) {
      expect(await source.query('SELECT name FROM migrations')).toHaveLength(latest.migrations.length);
    }
  });

  it('keeps the events of an outbox that was ordered by position', async () => {
    const before = await open({ entities: [], migrations: [CreateOutbox1790000000001] });
    const row = (id: string) =>
      `('${id}', 'post.created', '{"id":"${id}"}', 'posts@here:4000', '2026-11-21T00:00:00.000Z')`;
    await before.query(
      `INSERT INTO outbox ("eventId", "type", "body", "owner", "createdAt") VALUES ${row('b')}, ${row('a')}`,
    );
    const source = await open(latest);
    const events = await source.manager.find(OutboxMessage, { order: { eventId: 'ASC' } });
    expect(events).toEqual(
      ['a', 'b'].map((id) => ({
        eventId: id,
        type: 'post.created',
        body: `{"id":"${id}"}`,
        owner: 'posts@here:4000',
        createdAt: '2026-11-21T00:00:00.000Z',
      })),
    );
    for (let undone = 0; undone < 3; undone++) await source.undoLastMigration();
    expect(await source.query('SELECT "position", "eventId" FROM outbox ORDER BY "position"')).toEqual([
      { position: 1, eventId: 'a' },
      { position: 2, eventId: 'b' },
    ]);
  });
}
