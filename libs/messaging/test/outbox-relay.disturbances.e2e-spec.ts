import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '#contracts';
import { OutboxMessage, UnitOfWork } from '#database';
import {
  type BrokerConnection,
  createEvent,
  EventPublisher,
  MESSAGING_OPTIONS,
  type MessagingOptions,
  OutboxRelay,
} from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aComment, aVerdict, many } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Script } from './script.js';

describe(`${OutboxRelay.name}: when things happen to the broker`, () => {
  let system: TestSystem;
  let broker: Broker;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(new Script())] });
    broker = new Broker(system.vhost.url);
    // Else its queue would take every event.
    await system.bus.close();
  });
  afterAll(() => system.stop());
  beforeEach(() => system.vhost.purgeQueue('comments'));

  const relay = () => system.app('moderation').get(OutboxRelay);
  const publish = (count: number) => {
    const verdicts = many(count, () => aVerdict());
    const unitOfWork = system.app('moderation').get(UnitOfWork, { strict: false });
    return unitOfWork.run(async (manager) => {
      for (const one of verdicts) {
        await system.app('moderation').get(EventPublisher).publish(manager, 'comment.moderated', one);
      }
      return verdicts.map(({ commentId }) => commentId);
    });
  };
  const drained = () => system.waitFor(async () => (await relay().pending()) === 0, { what: 'the outbox to be empty' });
  /** What the queue that is bound to the events has got, of which no service takes it out: ids, the oldest first. */
  const arrived = async () =>
    (await system.vhost.peek('comments'))
      .map(({ payload }) => (JSON.parse(payload) as CloudEvent<'comment.moderated'>).data.commentId)
      .toSorted();

  it('keeps an event that reaches no queue, and publishes it when a queue is bound again', async () => {
    await broker.unbind('comment.moderated', ['comments', 'event-log']);
    const before = await broker.publishedTo('comment.moderated');
    const ids = await publish(3);
    await system.waitFor(async () => (await broker.publishedTo('comment.moderated')) > before, {
      what: 'RabbitMQ to have been given the events',
    });
    expect(await relay().pending()).toBe(3);

    await broker.bind('comment.moderated', ['comments', 'event-log']);
    await drained();
    expect(await arrived()).toEqual(ids);
  });

  it('lets events that reach no queue hold up no others', async () => {
    await broker.unbind('comment.moderated', ['comments', 'event-log']);
    const stuck = await publish(600);
    const event = createEvent('moderation', 'comment.updated', aComment());
    await system
      .app('moderation')
      .get(UnitOfWork, { strict: false })
      .run((manager) =>
        manager.insert(OutboxMessage, {
          eventId: event.id,
          type: event.type,
          body: JSON.stringify(event),
          owner: system.app('moderation').get<MessagingOptions>(MESSAGING_OPTIONS).instance,
          createdAt: event.time,
        }),
      );
    await system.waitFor(async () => (await relay().pending()) === stuck.length);
    await broker.bind('comment.moderated', ['comments', 'event-log']);
    await drained();
    expect(await arrived()).toEqual(stuck);
  });

  it('keeps what RabbitMQ refuses, and tries it on a fresh channel', async () => {
    // A channel from before a cluster lost its majority may refuse for ever what a fresh one takes.
    const { broker: connection } = relay() as unknown as { broker: BrokerConnection };
    const first = connection.current;
    await broker.limit('comments', 1);
    const ids: string[] = [];
    // The limit is in force a moment after it was set.
    await system.waitFor(
      async () => {
        if (ids.length < 300) ids.push(...(await publish(10)));
        return connection.current && connection.current !== first;
      },
      { what: 'a fresh channel' },
    );
    expect(await relay().pending()).toBeGreaterThan(0);

    await broker.limit('comments');
    await drained();
    // The queue may have taken some that it was then refused for: they came twice.
    expect([...new Set(await arrived())]).toEqual(ids);
  });

  it('declares an exchange again that somebody deletes, and loses nothing', async () => {
    await broker.act((channel) => channel.deleteExchange('comment.moderated'));
    const ids = await publish(3);
    await drained();
    expect(await arrived()).toEqual(ids);
    await system.ready('moderation');
  });

  it('loses nothing when its connection is closed again and again while it publishes', async () => {
    const ids: string[] = [];
    let closed = 0;
    const closing = (async () => {
      for (; closed < 3; closed++) await broker.closeConnections('publisher');
    })();
    // Up to what can be looked at in the end.
    await system.waitFor(async () => {
      if (ids.length < 900) ids.push(...(await publish(3)));
      return closed === 3;
    });
    await closing;
    await drained();
    // Twice is allowed here: an event whose confirm was lost is published again, and inboxes know it.
    expect([...new Set(await arrived())]).toHaveLength(ids.length);
    await system.ready('moderation');
  });

  it('says in /health/ready while it cannot publish, and requests are answered all the same', async () => {
    await system.stopApp('moderation');
    await broker.act((channel) => channel.deleteQueue('moderation.dead'));
    await broker.act((channel) => channel.assertQueue('moderation.dead', { durable: true }));
    await system.startApp('moderation');
    type Health = { status: string; checks: Record<string, { up: boolean; detail: string }> };
    const { status, body } = await system.waitFor(async () => {
      const answer = await system.http('moderation').get<Health>('/health/ready');
      return answer.body.checks['publisher']!.detail.includes('moderation.dead') && answer;
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'degraded', checks: { publisher: { up: false }, database: { up: true } } });
    const ids = await publish(2);
    expect(await relay().pending()).toBe(2);

    await system.vhost.deleteQueue('moderation.dead');
    await drained();
    expect(await arrived()).toEqual(ids);
  });
});
