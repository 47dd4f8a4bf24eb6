import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { ServiceQueueServer } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aComment, many } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Effect, Script } from './script.js';

type Health = { status: string; checks: Record<string, { up: boolean; detail: string }> };

describe(`${ServiceQueueServer.name}: when things happen to the broker`, () => {
  const script = new Script();
  let system: TestSystem;
  let broker: Broker;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(script)] });
    broker = new Broker(system.vhost.url);
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    script.onEvent = () => undefined;
    await system.ready('moderation');
  });

  const database = () => system.app('moderation').get(DataSource).manager;
  const effects = (subject: string) => database().countBy(Effect, { subject });
  const handled = (subject: string) => system.waitFor(() => effects(subject), { what: `${subject} to be handled` });
  const health = async () => (await system.http('moderation').get<Health>('/health/ready')).body;
  const consumed = () =>
    system.waitFor(async () => (await broker.stateOf('moderation')).consumers === 1, { what: 'a consumer' });

  it('declares and consumes its queue again when somebody deletes it', async () => {
    await system.vhost.deleteQueue('moderation');
    await consumed();
    const comment = aComment();
    await system.bus.publish('comment.created', comment);
    await handled(comment.id);
    await system.ready('moderation');
  });

  it('declares everything again when somebody deletes retry queue and dead letters as well', async () => {
    for (const queue of ['moderation.retry.50ms', 'moderation.dead', 'moderation'])
      await system.vhost.deleteQueue(queue);
    await consumed();
    const comment = aComment();
    script.onEvent = ({ attempt }) => {
      if (attempt === 1) throw new Error('once');
    };
    await system.bus.publish('comment.created', comment);
    await handled(comment.id);
  });

  it('loses no event that fails while the queue is gone where it should wait', async () => {
    const comment = aComment();
    script.onEvent = ({ attempt }) => {
      if (attempt === 1) throw new Error('once');
    };
    await system.vhost.deleteQueue('moderation.retry.50ms');
    await system.bus.publish('comment.created', comment);
    await handled(comment.id);
    expect(await effects(comment.id)).toBe(1);
    await system.ready('moderation');
  });

  it('loses and doubles nothing when its connections are closed again and again', async () => {
    const comments = many(300, () => aComment());
    script.onEvent = ({ attempt, subject }) => {
      if (attempt === 1 && subject.endsWith('0')) throw new Error('once, so that the retry queues are in play as well');
    };
    const publishing = Promise.all(comments.map((comment) => system.bus.publish('comment.created', comment)));
    for (let round = 0; round < 3; round++) {
      const before = script.calls.length;
      await broker.closeConnections('moderation@');
      await system.waitFor(() => script.calls.length > before || script.calls.length >= comments.length);
      await system.ready('moderation');
    }
    await publishing;
    for (const { id } of comments) await handled(id);
    await system.waitFor(async () => (await broker.stateOf('moderation')).ready === 0);
    for (const { id } of comments) expect(await effects(id)).toBe(1);
    expect((await broker.stateOf('moderation.dead')).ready).toBe(0);
  });

  describe('with a queue that exists with other arguments', () => {
    const otherArguments = {
      'x-queue-type': 'quorum',
      'x-delivery-limit': 7,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'moderation.dead',
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    };

    it('starts, says in /health/ready which argument it is, and heals when the queue is deleted', async () => {
      await system.stopApp('moderation');
      await system.vhost.deleteQueue('moderation');
      await broker.act((channel) => channel.assertQueue('moderation', { durable: true, arguments: otherArguments }));
      await system.startApp('moderation');
      await system.waitFor(async () => (await health()).checks['consumer']!.detail.includes('x-delivery-limit'), {
        what: 'the argument to be named',
      });
      const { status, checks } = await health();
      expect(status).toBe('degraded');
      expect(checks['consumer']).toMatchObject({ up: false, detail: expect.stringContaining("queue 'moderation'") });

      await system.vhost.deleteQueue('moderation');
      await system.ready('moderation');
      const comment = aComment();
      await system.bus.publish('comment.created', comment);
      await handled(comment.id);
    });
  });
});
