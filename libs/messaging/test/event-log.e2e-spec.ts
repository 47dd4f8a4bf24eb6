import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { createEvent, EventLogServer, UnrecoverableEventError } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aComment, aPost, many } from './event.factory.js';
import { queryApp } from './query.app.js';
import { Effect, Script } from './script.js';

describe(EventLogServer.name, () => {
  const script = new Script();
  let system: TestSystem;
  let broker: Broker;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [queryApp(script)] });
    broker = new Broker(system.vhost.url);
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    script.onEvent = () => undefined;
    await system.vhost.purgeQueue('query.dead');
  });

  const effects = () =>
    system
      .app('query')
      .get(DataSource)
      .manager.find(Effect, { order: { position: 'ASC' } });
  const publish = async (count: number) => {
    const posts = many(count, () => aPost());
    for (const post of posts) await system.bus.publish('post.created', post);
    return posts.map(({ id }) => id);
  };
  const applied = async (ids: string[]) =>
    (await effects()).map(({ subject }) => subject).filter((id) => ids.includes(id));
  /** Waits until everything that was published before is applied or skipped. */
  const caughtUp = async () => {
    const marker = await publish(1);
    await system.waitFor(async () => (await applied(marker)).length > 0, { what: 'the log to be read to its end' });
  };

  it('applies the events in order, each once, with its offset', async () => {
    const ids = await publish(600);
    await caughtUp();
    expect(await applied(ids)).toEqual(ids);
    const offsets = (await effects()).map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
  });

  it('passes over events that it has no handler for', async () => {
    await system.bus.publish('post.updated', aPost());
    const comment = aComment();
    await system.bus.publish('comment.created', comment);
    await caughtUp();
    expect(await applied([comment.id])).toHaveLength(1);
    expect((await broker.stateOf('query.dead')).ready).toBe(0);
  });

  it('goes on where it was after a restart, with what came meanwhile', async () => {
    const before = await publish(20);
    await caughtUp();
    await system.stopApp('query');
    const meanwhile = await publish(20);
    const calls = script.calls.length;
    await system.startApp('query');
    await system.ready('query');
    await caughtUp();
    expect(await applied([...before, ...meanwhile])).toEqual([...before, ...meanwhile]);
    // Those before were not even tried again.
    expect(script.calls.slice(calls, calls + 20).map(({ subject }) => subject)).toEqual(meanwhile);
  });

  it('applies each event once however often it is restarted in the middle', async () => {
    const published: Promise<string[]>[] = [];
    for (let round = 0; round < 5; round++) {
      published.push(publish(100));
      const calls = script.calls.length;
      await system.waitFor(() => script.calls.length > calls);
      await system.stopApp('query');
      await system.startApp('query');
    }
    const ids = (await Promise.all(published)).flat();
    await caughtUp();
    expect((await applied(ids)).toSorted()).toEqual(ids.toSorted());
  });

  it('applies each event once when its connection is closed in the middle', async () => {
    const publishing = publish(400);
    await broker.closeConnections('event log');
    const ids = await publishing;
    await caughtUp();
    expect(await applied(ids)).toEqual(ids);
  });

  it('builds everything anew when its database is deleted', async () => {
    await caughtUp();
    const before = await effects();
    await system.stopApp('query');
    await system.deleteDatabase('query');
    await system.startApp('query');
    await system.waitFor(async () => (await effects()).length === before.length);
    expect(await effects()).toEqual(before);
  });

  describe('with an event that fails', () => {
    const hopeless = aPost();

    it('tries again until it succeeds, and applies it and its neighbours once', async () => {
      const post = aPost();
      script.onEvent = ({ subject, attempt }) => {
        if (subject === post.id && attempt < 3) throw new Error(`attempt ${attempt} failed`);
      };
      const before = await publish(5);
      await system.bus.publish('post.created', post);
      const behind = await publish(5);
      await caughtUp();
      expect(await applied([...before, post.id, ...behind])).toEqual([...before, post.id, ...behind]);
      expect(script.callsFor(post.id)).toHaveLength(3);
      expect((await broker.stateOf('query.dead')).ready).toBe(0);
    });

    it('dead-letters one that fails every time, with its offset, and goes on', async () => {
      const post = aPost();
      script.onEvent = ({ subject }) => {
        if (subject === post.id) throw new RangeError('cannot be applied');
      };
      const before = await publish(5);
      const event = await system.bus.publish('post.created', post);
      const behind = await publish(5);
      await caughtUp();
      expect(await applied([...before, post.id, ...behind])).toEqual([...before, ...behind]);
      const offsets = new Map((await effects()).map(({ subject, offset }) => [subject, offset]));
      const [dead, ...others] = await system.vhost.peek('query.dead');
      expect(others).toEqual([]);
      expect(JSON.parse(dead!.payload)).toEqual(event);
      expect(dead!.properties).toMatchObject({
        message_id: event.id,
        headers: {
          'x-parley-attempts': 5,
          'x-parley-reason': 'transient',
          'x-parley-error': 'RangeError: cannot be applied',
          'x-parley-exchange': 'post.created',
          'x-parley-log-offset': offsets.get(before.at(-1)!)! + 1,
        },
      });
    });

    it.each([
      ['that no attempt can help', JSON.stringify(createEvent('posts', 'post.created', hopeless)), 'hopeless'],
      ['that is no event', 'garbage', 'MalformedEventError: '],
    ])('dead-letters at once one %s', async (_, body, error) => {
      script.onEvent = ({ subject }) => {
        if (subject === hopeless.id) throw new UnrecoverableEventError('hopeless');
      };
      await system.bus.publishRaw('post.created', Buffer.from(body));
      await caughtUp();
      const [dead, ...others] = await system.vhost.peek('query.dead');
      expect(others).toEqual([]);
      expect(dead!.properties.headers).toMatchObject({
        'x-parley-attempts': 1,
        'x-parley-reason': 'permanent',
        'x-parley-error': expect.stringContaining(error),
      });
    });

    it('does not dead-letter it again after a restart', async () => {
      await system.bus.publishRaw('post.created', Buffer.from('garbage'));
      await caughtUp();
      await system.stopApp('query');
      await system.startApp('query');
      await caughtUp();
      expect((await broker.stateOf('query.dead')).ready).toBe(1);
    });
  });
});
