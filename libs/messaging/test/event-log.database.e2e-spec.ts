import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { UnitOfWork } from '#database';
import { EventLogServer } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aPost, many } from './event.factory.js';
import { queryApp } from './query.app.js';
import { Effect, Script } from './script.js';

type Health = { status: string; checks: Record<string, { up: boolean; detail: string }> };

describe(`${EventLogServer.name}: while its database cannot be written`, () => {
  const script = new Script();
  let system: TestSystem;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [queryApp(script)] });
  });
  afterAll(() => system.stop());
  beforeEach(() => {
    script.onEvent = () => undefined;
  });

  const database = () => system.app('query').get(DataSource);
  const publish = async (count: number) => {
    const posts = many(count, () => aPost());
    for (const post of posts) await system.bus.publish('post.created', post);
    return posts.map(({ id }) => id);
  };
  const applied = async (ids: string[]) => {
    const effects = await database().manager.find(Effect, { order: { position: 'ASC' } });
    return effects.map(({ subject }) => subject).filter((id) => ids.includes(id));
  };
  const saysSo = (detail: string) =>
    system.waitFor(
      async () => {
        const { body } = await system.http('query').get<Health>('/health/ready');
        return body.status === 'degraded' && body.checks['eventLog']!.detail.includes(detail);
      },
      { what: `/health/ready to say ${detail}`, timeout: 30_000 },
    );
  const nothingWasSkipped = async (ids: string[]) => {
    await system.waitFor(async () => (await applied(ids)).length >= ids.length, { what: 'the events to be applied' });
    expect(await applied(ids)).toEqual(ids);
    expect((await new Broker(system.vhost.url).stateOf('query.dead')).ready).toBe(0);
    await system.ready('query');
  };

  it('waits for another process that keeps it locked, says so, and skips nothing', async () => {
    const other = new Database(String(database().options.database));
    other.exec('BEGIN IMMEDIATE');
    const ids = await publish(3);
    await saysSo('locked');
    other.close();
    await nothingWasSkipped(ids);
  }, 90_000);

  it('waits while the disk is full, says so, and skips nothing', async () => {
    const unitOfWork = system.app('query').get(UnitOfWork, { strict: false });
    await unitOfWork.run((manager) => manager.query('PRAGMA max_page_count = 1'));
    // More than fits into the pages that there are.
    const ids = await publish(500);
    await saysSo('full');
    // More often than an event is tried that fails by itself.
    await system.waitFor(() => script.calls.at(-1)!.attempt > 6);
    await unitOfWork.run((manager) => manager.query('PRAGMA max_page_count = 1000000'));
    await nothingWasSkipped(ids);
  });

  it('does not apply what it cannot remember to have applied, and applies it once in the end', async () => {
    await nothingWasSkipped(await publish(1));
    const unitOfWork = system.app('query').get(UnitOfWork, { strict: false });
    const refusal = `CREATE TRIGGER refusal BEFORE INSERT ON log_position BEGIN SELECT RAISE(ABORT, 'refused'); END`;
    await unitOfWork.run((manager) => manager.query(refusal));
    const ids = await publish(3);
    await system.waitFor(() => script.callsFor(ids[0]!).length > 2, { what: 'the events to be tried again' });
    expect(await applied(ids)).toEqual([]);
    await unitOfWork.run((manager) => manager.query('DROP TRIGGER refusal'));
    await nothingWasSkipped(ids);
  });
});
