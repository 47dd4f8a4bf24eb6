import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PostView } from '#contracts';
import { DataSource } from 'typeorm';
import { parseEnv, serviceEnv } from '#service';
import { TestSystem } from '#testing';
import { query } from '../src/app.js';
import {
  checkReadModel,
  previousOf,
  RebuildError,
  rebuildReadModel,
  type RebuildOptions,
  rollBackReadModel,
} from '../src/rebuild/index.js';
import { scratchOf } from '../src/rebuild/scratch.js';
import { SseReader } from './sse-reader.js';
import { aComment, aPost } from './read-model.factory.js';

describe('rebuilding the read model', { timeout: 180_000 }, () => {
  let system: TestSystem;
  let file: string;
  let options: RebuildOptions;

  beforeEach(async () => {
    system = await TestSystem.start({ apps: [query] });
    file = String(system.app('query').get(DataSource).options.database);
    const env = parseEnv(serviceEnv('query'), { RABBITMQ_URL: system.vhost.url, DATABASE_URL: `sqlite:${file}` });
    options = { env };
  });
  afterEach(() => system.stop());

  const post = async (id: string) => (await system.http('query').get<PostView>(`/posts/${id}`)).body;
  /** Publishes posts, each with an approved comment, an edited title and every third deleted. */
  const publish = async (count: number) => {
    const posts = Array.from({ length: count }, () => aPost());
    for (const [index, one] of posts.entries()) {
      const comment = aComment({ postId: one.id, status: 'approved', version: 2 });
      await system.bus.publish('post.created', one);
      await system.bus.publish('comment.created', { ...comment, status: 'pending', version: 1 });
      await system.bus.publish('comment.updated', comment);
      await system.bus.publish('post.updated', { ...one, title: 'Edited', version: 2 });
      if (index % 3 === 0) {
        const { id, createdAt: deletedAt } = one;
        await system.bus.publish('post.deleted', { id, deletedAt, version: 3 });
      }
    }
    return posts;
  };
  const shown = async (id: string) => {
    await system.waitFor(async () => (await post(id)).version !== undefined, { what: `${id} to be shown` });
    return post(id);
  };
  /** Publishes posts and waits until the last is shown. */
  const publishAndShow = async (count: number) => {
    const posts = await publish(count);
    const marker = aPost();
    await system.bus.publish('post.created', marker);
    await shown(marker.id);
    return posts;
  };
  const change = (sql: string, ...values: unknown[]) => {
    const database = new Database(file, { timeout: 5_000 });
    database.prepare(sql).run(...values);
    database.close();
  };
  const leftovers = () =>
    readdirSync(dirname(file)).filter((name) => name.includes('.rebuild') && !name.endsWith('-lock'));

  it('finds an intact read model equal, table by table, and leaves nothing behind', async () => {
    await publishAndShow(30);
    const outcome = await checkReadModel(options);
    expect(outcome).toMatchObject({ equal: true, leftOut: [] });
    expect(outcome.tables.map(({ table, running, differing }) => [table, running.rows, differing])).toEqual([
      ['changes', 131, 0],
      ['comments', 20, 0],
      ['posts', 31, 0],
    ]);
    for (const { running, rebuilt } of outcome.tables) expect(rebuilt).toEqual(running);
    expect(leftovers()).toEqual([]);
    expect(existsSync(previousOf(file))).toBe(false);
  });

  it('finds an empty one equal to an empty log', async () => {
    expect(await checkReadModel(options)).toMatchObject({ equal: true, position: { offset: -1 } });
  });

  it('finds what was changed, lost and added behind its back, and swaps nothing', async () => {
    const [, changed, lost] = await publishAndShow(3);
    const surplus = aPost();
    change('UPDATE posts SET title = ? WHERE id = ?', 'corrupted', changed!.id);
    change('DELETE FROM comments WHERE postId = ?', lost!.id);
    change(`INSERT INTO posts VALUES (?, 'nobody wrote this', '', '', '', 1, 0)`, surplus.id);
    const outcome = await rebuildReadModel(options);
    expect(outcome.equal).toBe(false);
    expect(outcome.swap).toBeUndefined();
    const [changes, comments, posts] = outcome.tables;
    expect(changes).toMatchObject({ differing: 0 });
    expect(comments).toMatchObject({ differing: 1, differences: [{ kind: 'missing' }], rebuilt: { rows: 2 } });
    expect(posts).toMatchObject({
      differing: 2,
      differences: [
        { key: changed!.id, kind: 'changed' },
        { key: surplus.id, kind: 'surplus' },
      ],
    });
    expect(posts!.running.checksum).not.toBe(posts!.rebuilt.checksum);
    expect((await post(changed!.id)).title).toBe('corrupted');
  });

  it('heals a damaged one when told to, and rolls back with what came since', async () => {
    const [, damaged] = await publishAndShow(3);
    change('UPDATE posts SET title = ? WHERE id = ?', 'corrupted', damaged!.id);
    const outcome = await rebuildReadModel({ ...options, accept: true });
    expect(outcome).toMatchObject({ equal: false, swap: { previous: previousOf(file) } });
    expect((await post(damaged!.id)).title).toBe('Edited');
    expect(await checkReadModel(options)).toMatchObject({ equal: true });

    const [, since] = await publishAndShow(3);
    await rollBackReadModel(options);
    expect((await post(damaged!.id)).title).toBe('corrupted');
    expect((await post(since!.id)).title).toBe('Edited');
    await publishAndShow(1);
    expect((await checkReadModel(options)).tables.map(({ differing }) => differing)).toEqual([0, 0, 1]);

    await rollBackReadModel(options);
    expect(await checkReadModel(options)).toMatchObject({ equal: true });
  });

  it('swaps under load: no request fails, nothing is lost, and streams go on', async () => {
    const [, known] = await publishAndShow(100);
    const stream = await SseReader.open(`${system.http('query').baseUrl}/events`);
    await system.waitFor(() => stream.lastEventId);
    const stopped = new AbortController();
    const answers: number[] = [];
    const readers = Array.from({ length: 4 }, async (_, index) => {
      const path = index % 2 === 0 ? '/posts?limit=5' : `/posts/${known!.id}`;
      while (!stopped.signal.aborted) answers.push((await system.http('query').get(path)).status);
    });
    const written: string[] = [];
    const writer = (async () => {
      while (!stopped.signal.aborted) written.push((await publish(2))[1]!.id);
    })();
    for (let round = 1; round <= 3; round++) {
      const before = answers.length;
      expect(await rebuildReadModel(options)).toMatchObject({ equal: true, swap: { previous: previousOf(file) } });
      expect(answers.length).toBeGreaterThan(before);
    }
    stopped.abort();
    await Promise.all([...readers, writer]);
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    const last = written.at(-1)!;
    await system.waitFor(async () => (await post(last)).title === 'Edited', { what: 'the last event to be shown' });
    // The same stream told of every one of them, in order.
    await stream.waitFor((events) =>
      events.some(({ data }) => (data as { id?: string; version?: number }).id === last),
    );
    const told = stream.events.filter(
      ({ event, data }) => event === 'post.changed' && (data as PostView).version === 1,
    );
    const ids = told.map(({ data }) => (data as PostView).id);
    expect(ids.filter((id) => written.includes(id))).toEqual(written);
    stream.close();
    await system.waitFor(async () => (await checkReadModel(options)).equal);
    await system.ready('query');
  });

  it('leaves out what cannot be applied, as the running one did, and dead-letters it no second time', async () => {
    await publish(1);
    await system.bus.publishRaw('post.created', Buffer.from('garbage'));
    await publishAndShow(1);
    const dead = async () => (await system.vhost.peek('query.dead')).length;
    await system.waitFor(async () => (await dead()) === 1);
    const outcome = await checkReadModel(options);
    expect(outcome).toMatchObject({
      equal: true,
      leftOut: [{ error: expect.stringContaining('MalformedEventError') as string }],
    });
    expect(await dead()).toBe(1);
  });

  it('begins anew after a run that was interrupted', async () => {
    await publishAndShow(3);
    writeFileSync(scratchOf(file), 'half a database');
    writeFileSync(`${scratchOf(file)}-wal`, 'half a log');
    expect(await rebuildReadModel(options)).toMatchObject({ equal: true });
  });

  it('works on the read model of a query that is stopped, which goes on from there', async () => {
    const [, before] = await publishAndShow(3);
    await system.stopApp('query');
    const [, meanwhile] = await publish(3);
    expect(await rebuildReadModel(options)).toMatchObject({ equal: true });
    await system.startApp('query');
    await system.ready('query');
    for (const one of [before, meanwhile]) expect((await shown(one!.id)).title).toBe('Edited');
  });

  it('goes on from a snapshot with --from', async () => {
    await publishAndShow(3);
    await rebuildReadModel(options);
    await publishAndShow(3);
    expect(await checkReadModel({ ...options, from: previousOf(file) })).toMatchObject({ equal: true });
  });

  describe('refuses, and says why,', () => {
    it('while another rebuild is under way', async () => {
      await publishAndShow(1);
      const [one, other] = await Promise.allSettled([checkReadModel(options), checkReadModel(options)]);
      const refused = [one, other].filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
      expect(refused.map(({ reason }) => String(reason))).toEqual([expect.stringContaining('is under way')]);
    });

    it('what was built from another log', async () => {
      await publishAndShow(1);
      change(`UPDATE log_position SET eventId = 'another'`);
      await expect(checkReadModel(options)).rejects.toThrow(/another event at offset \d+ than the read model/);
      change('UPDATE log_position SET "offset" = 999999');
      await expect(checkReadModel(options)).rejects.toThrow('no event at offset 999999');
    });

    it('a read model with other tables', async () => {
      change(`INSERT INTO migrations (timestamp, name) VALUES (9, 'FromTheFuture9')`);
      await expect(checkReadModel(options)).rejects.toThrow('has other tables');
    });

    it('a rollback when nothing was swapped', async () => {
      await expect(rollBackReadModel(options)).rejects.toThrow(RebuildError);
    });
  });
});
