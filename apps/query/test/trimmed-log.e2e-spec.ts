import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { Post, PostView } from '#contracts';
import { EVENT_LOG } from '#messaging';
import { parseEnv, serviceEnv, type ServiceEnv } from '#service';
import { TestSystem } from '#testing';
import { query } from '../src/app.js';
import { checkReadModel, rebuildReadModel, restoreSnapshot, takeSnapshot } from '../src/rebuild/index.js';
import { aPost } from './read-model.factory.js';

type Health = { status: string; checks: { eventLog: { detail: string } } };

describe('with an event log whose beginning was trimmed', () => {
  let system: TestSystem;
  let env: ServiceEnv;
  let file: string;
  let oldest: Post;
  let stale: string;
  let recent: string;

  const publish = async (count: number) => {
    const posts = Array.from({ length: count }, () => aPost({ body: 'x'.repeat(1_000) }));
    for (const post of posts) await system.bus.publish('post.created', post);
    const last = posts.at(-1)!;
    await system.waitFor(async () => (await system.http('query').get(`/posts/${last.id}`)).status === 200);
    return posts;
  };
  const titleOf = async (id: string) => (await system.http('query').get<PostView>(`/posts/${id}`)).body.title;
  const saysSo = (detail: RegExp, status = 503) =>
    system.waitFor(async () => {
      const answer = await system.http('query').get<Health>('/health/ready');
      expect(answer.body.checks.eventLog.detail).toMatch(detail);
      expect(answer.status).toBe(status);
      return true;
    });
  const startAnew = async () => {
    await system.stopApp('query');
    await system.deleteDatabase('query');
  };

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [query] });
    file = String(system.app('query').get(DataSource).options.database);
    [stale, recent] = [`${file}.stale`, `${file}.recent`];
    env = parseEnv(serviceEnv('query'), { RABBITMQ_URL: system.vhost.url, DATABASE_URL: `sqlite:${file}` });
    await startAnew();
    // Segments are what is trimmed; their size counts from the first declaration on.
    await system.vhost.setPolicy(EVENT_LOG, { 'max-length-bytes': 60_000, 'stream-max-segment-size-bytes': 20_000 });
    await system.vhost.deleteQueue(EVENT_LOG);
    await system.startApp('query');
    await system.ready('query');
    oldest = (await publish(5))[0]!;
    await takeSnapshot(env, stale);
    await publish(300);
    await takeSnapshot(env, recent);
    await publish(5);
  });
  afterAll(() => system.stop());

  it('a copy that has read it serves on, and can be restarted', async () => {
    await system.stopApp('query');
    await system.startApp('query');
    await system.ready('query');
    expect(await titleOf(oldest.id)).toBe(oldest.title);
  });

  it('the read model cannot be rebuilt from the log alone, but from a snapshot', async () => {
    await expect(checkReadModel({ env })).rejects.toThrow(/begins at offset \d+: its beginning was trimmed/);
    await expect(checkReadModel({ env, from: stale })).rejects.toThrow(/no longer holds offset/);
    expect(await rebuildReadModel({ env, from: recent })).toMatchObject({ equal: true, swap: {} });
  });

  it('a new copy takes no requests, and says what it needs', async () => {
    await startAnew();
    await system.startApp('query');
    await saysSo(/^the event log begins at offset \d+: its beginning was trimmed.*recent snapshot.*query:snapshot/);
  });

  it('refuses a snapshot that is too old, from another log, from another version or damaged', async () => {
    await startAnew();
    await expect(restoreSnapshot(env, stale)).rejects.toThrow(/no longer holds offset \d+; it goes on at \d+/);
    const altered = `${file}.altered`;
    for (const [sql, message] of [
      [`UPDATE log_position SET eventId = 'another'`, /is another than was applied/],
      [`INSERT INTO migrations (timestamp, name) VALUES (9, 'FromTheFuture9')`, /another version.*FromTheFuture9/],
      ['DROP TABLE log_position', /not one of query/],
    ] as const) {
      copyFileSync(recent, altered);
      const database = new Database(altered);
      database.exec(sql);
      database.close();
      await expect(restoreSnapshot(env, altered)).rejects.toThrow(message);
    }
    const bytes = readFileSync(recent);
    writeFileSync(altered, bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 4_096));
    await expect(restoreSnapshot(env, altered)).rejects.toThrow(/is damaged/);
    expect(existsSync(file)).toBe(false);
  });

  it('a new copy starts from a recent snapshot, and shows what was trimmed and what came since', async () => {
    expect(await restoreSnapshot(env, recent)).toMatchObject({ offset: expect.any(Number) as number });
    await system.startApp('query');
    await system.ready('query');
    expect(await titleOf(oldest.id)).toBe(oldest.title);
    await publish(1);
    const { body } = await system.http('query').get<PostView[]>('/posts?limit=10');
    expect(body).toHaveLength(10);
    expect(await checkReadModel({ env, from: recent })).toMatchObject({ equal: true });
    await expect(restoreSnapshot(env, recent)).rejects.toThrow('there is a database');
    await expect(takeSnapshot(env, recent)).rejects.toThrow('is there already');
  });

  it('a copy that was away for too long answers from what it has, and says that it stopped', async () => {
    await startAnew();
    copyFileSync(stale, file);
    await system.startApp('query');
    await saysSo(/^the event log no longer holds offset \d+; it goes on at \d+.*recent snapshot/, 200);
    expect(await titleOf(oldest.id)).toBe(oldest.title);
  });
});
