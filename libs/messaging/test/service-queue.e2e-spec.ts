import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { InboxMessage } from '#database';
import { ServiceQueueServer } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aComment, aPost, many } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Effect, Script } from './script.js';

describe(ServiceQueueServer.name, () => {
  const script = new Script();
  let system: TestSystem;
  let broker: Broker;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(script)] });
    broker = new Broker(system.vhost.url);
  });
  afterAll(() => system.stop());
  beforeEach(() => {
    script.onEvent = () => undefined;
  });

  const database = () => system.app('moderation').get(DataSource).manager;
  const effects = (subject: string) => database().countBy(Effect, { subject });
  const handled = (subject: string) => system.waitFor(() => effects(subject), { what: `${subject} to be handled` });
  /** Resolves when everything that was published before has been handed to its handler, and nothing waits behind it. */
  const settled = async () => {
    const marker = aComment();
    await system.bus.publish('comment.created', marker);
    await handled(marker.id);
    await system.waitFor(async () => (await broker.stateOf('moderation')).ready === 0);
  };

  describe('an event whose handler returns', () => {
    it('takes effect once and is acknowledged', async () => {
      const comment = aComment();
      await system.bus.publish('comment.created', comment);
      await handled(comment.id);
      await settled();
      expect(script.callsFor(comment.id)).toMatchObject([{ type: 'comment.created', attempt: 1 }]);
      // Had it not been acknowledged, it would come again.
      await system.stopApp('moderation');
      expect(await broker.stateOf('moderation')).toEqual({ ready: 0, consumers: 0 });
      await system.startApp('moderation');
      await system.ready('moderation');
    });

    it('takes effect once, however often it is delivered', async () => {
      const event = await system.bus.publish('comment.created', aComment());
      await Promise.all(many(5, () => system.bus.publishEvent(event)));
      await handled(event.data.id);
      await settled();
      expect(await effects(event.data.id)).toBe(1);
      expect(script.callsFor(event.data.id)).toHaveLength(1);
      expect(await database().countBy(InboxMessage, { eventId: event.id })).toBe(1);
    });

    it('reaches the handler for its type, in the order in which it was published', async () => {
      const { id } = aPost();
      const comments = many(50, () => aComment({ postId: id }));
      for (const comment of comments) await system.bus.publish('comment.created', comment);
      await system.bus.publish('comment.edited', { ...comments[0]!, version: 2 });
      await system.bus.publish('comment.deleted', { id, postId: id, deletedAt: comments[0]!.createdAt, version: 2 });
      await system.bus.publish('post.deleted', { id, deletedAt: comments[0]!.createdAt, version: 2 });
      await system.waitFor(async () => (await effects(id)) === 2);
      const subjects = script.calls.slice(-53).map(({ type, subject }) => `${type} ${subject}`);
      expect(subjects).toEqual([
        ...comments.map((comment) => `comment.created ${comment.id}`),
        `comment.edited ${comments[0]!.id}`,
        `comment.deleted ${id}`,
        `post.deleted ${id}`,
      ]);
    });
  });

  describe('an event whose handler throws', () => {
    it('is tried again after each delay until it succeeds, and takes effect once', async () => {
      const comment = aComment();
      script.onEvent = ({ subject, attempt }) => {
        if (subject === comment.id && attempt < 3) throw new Error(`attempt ${attempt} failed`);
      };
      await system.bus.publish('comment.created', comment);
      await handled(comment.id);
      const times = script.callsFor(comment.id).map(({ at }) => at);
      expect(times).toHaveLength(3);
      expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(49);
      expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(99);
      await settled();
      expect(await effects(comment.id)).toBe(1);
    });

    it('holds up nobody while it waits', async () => {
      const [failing, other] = [aComment(), aComment()];
      script.onEvent = ({ subject }) => {
        if (subject === failing.id) throw new Error('not yet');
      };
      await system.bus.publish('comment.created', failing);
      await system.bus.publish('comment.created', other);
      await handled(other.id);
      expect(await effects(failing.id)).toBe(0);
    });

    it('fails alone: the events that are handled with it in one transaction take effect', async () => {
      const comments = many(100, () => aComment());
      const failing = new Set(comments.filter((_, index) => index % 10 === 0).map(({ id }) => id));
      script.onEvent = ({ subject, attempt }) => {
        if (failing.has(subject) && attempt === 1) throw new Error('once');
      };
      await Promise.all(comments.map((comment) => system.bus.publish('comment.created', comment)));
      for (const { id } of comments) await handled(id);
      await settled();
      for (const { id } of comments) {
        expect(await effects(id)).toBe(1);
        expect(script.callsFor(id)).toHaveLength(failing.has(id) ? 2 : 1);
      }
    });
  });
});
