import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { CommentModerated } from '#contracts';
import { OutboxMessage, UnitOfWork } from '#database';
import { createEvent, EventPublisher, OutboxRelay } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aVerdict, many } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Script } from './script.js';

const TYPE = 'comment.moderated';

describe(OutboxRelay.name, () => {
  let system: TestSystem;
  let broker: Broker;
  const app = () => system.app('moderation');
  const publish = (verdicts: CommentModerated[], thenFail = false): Promise<void> =>
    app()
      .get(UnitOfWork)
      .run(async (manager) => {
        for (const verdict of verdicts) await app().get(EventPublisher).publish(manager, TYPE, verdict);
        if (thenFail) throw new Error('rolled back');
      });
  const waiting = (): Promise<number> => app().get(DataSource).manager.count(OutboxMessage);
  const heard = (verdict: CommentModerated) =>
    system.bus.waitFor(TYPE, ({ commentId }) => commentId === verdict.commentId);

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(new Script())] });
    broker = new Broker(system.vhost.url);
  });
  afterAll(() => system.stop());
  beforeEach(() => system.ready('moderation'));

  it('publishes what was stored, in order, and keeps nothing', async () => {
    const verdicts = many(1_200, () => aVerdict());
    await publish(verdicts);
    await heard(verdicts.at(-1)!);
    expect(system.bus.events(TYPE).map(({ data }) => data.commentId)).toEqual(
      verdicts.map(({ commentId }) => commentId),
    );
    await system.waitFor(async () => (await waiting()) === 0);
  });

  it('publishes nothing of what was rolled back', async () => {
    const [lost, kept] = [aVerdict(), aVerdict()];
    await expect(publish([lost], true)).rejects.toThrow('rolled back');
    await publish([kept]);
    await heard(kept);
    expect(system.bus.events(TYPE).some(({ data }) => data.commentId === lost.commentId)).toBe(false);
  });

  it('takes over what another instance wrote and has not published for long', async () => {
    const event = createEvent('moderation', TYPE, aVerdict());
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const row = { eventId: event.id, type: TYPE, body: JSON.stringify(event), owner: 'gone', createdAt: anHourAgo };
    await app()
      .get(UnitOfWork)
      .run((manager) => manager.insert(OutboxMessage, row));
    await system.waitFor(async () => (await waiting()) === 0);
  });

  it('publishes what is left when the service stops', async () => {
    const verdicts = many(50, () => aVerdict());
    await broker.bind(TYPE, ['comments']);
    await system.vhost.purgeQueue('comments');
    await publish(verdicts);
    await system.stopApp('moderation');
    expect((await broker.stateOf('comments')).ready).toBe(50);
    await system.startApp('moderation');
  });
});
