import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { CommentModerated } from '#contracts';
import { Leases, OutboxMessage, StrayStatementError, UnitOfWork } from '#database';
import { Caretaker, createEvent, EventPublisher, OutboxRelay } from '#messaging';
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
    await system.settled();
    const published = system.bus.events(TYPE).map(({ data }) => data.commentId);
    expect([kept, lost].map(({ commentId }) => published.includes(commentId))).toEqual([true, false]);
  });

  it('publishes in the order of the commits what one unit stores after another', async () => {
    const verdicts = many(100, () => aVerdict());
    for (const verdict of verdicts) await publish([verdict]);
    await heard(verdicts.at(-1)!);
    const ids = verdicts.map(({ commentId }) => commentId);
    const order = system.bus.events(TYPE).map(({ data }) => data.commentId);
    expect(order.filter((id) => ids.includes(id))).toEqual(ids);
  });

  it('publishes all that many units store at once', async () => {
    const verdicts = many(300, () => aVerdict());
    await Promise.all(verdicts.map((verdict) => publish([verdict])));
    await Promise.all(verdicts.map(heard));
    await system.waitFor(async () => (await waiting()) === 0);
  });

  it('takes no event outside a unit of work', async () => {
    const kept = await app()
      .get(UnitOfWork)
      .run((manager) => Promise.resolve([manager]));
    await expect(app().get(EventPublisher).publish(kept[0]!, TYPE, aVerdict())).rejects.toThrow(StrayStatementError);
    expect(await waiting()).toBe(0);
  });

  describe('with events of another copy in its database', () => {
    const store = (owner: string) => {
      const verdict = aVerdict();
      const event = createEvent('moderation', TYPE, verdict);
      const row = { eventId: event.id, type: TYPE, body: JSON.stringify(event), owner, createdAt: event.time };
      return app()
        .get(UnitOfWork)
        .run((manager) => manager.insert(OutboxMessage, row))
        .then(() => verdict);
    };
    const leases = () => app().get(Leases);

    it('publishes what a copy left that is gone', async () => {
      await heard(await store('gone'));
      await system.waitFor(async () => (await waiting()) === 0);
    });

    it('leaves a copy that is alive what it wrote, until it dies', async () => {
      await leases().take('instance alive', 'alive', 3_600_000);
      const theirs = await store('alive');
      const ours = aVerdict();
      await publish([ours]);
      await heard(ours);
      await system.waitFor(async () => (await waiting()) === 1);
      expect(system.bus.events(TYPE).some(({ data }) => data.commentId === theirs.commentId)).toBe(false);

      await leases().take('instance alive', 'alive', 0);
      await heard(theirs);
      await system.waitFor(async () => (await waiting()) === 0);
    });

    it('leaves it to another copy that is the caretaker, until that dies', async () => {
      const caretaker = app().get(Caretaker);
      await caretaker.stop();
      await leases().take('caretaker', 'caring', 5_000);
      await caretaker.onApplicationBootstrap();
      expect(caretaker.isChosen).toBe(false);
      const theirs = await store('somebody');
      const ours = aVerdict();
      await publish([ours]);
      await heard(ours);
      expect(system.bus.events(TYPE).some(({ data }) => data.commentId === theirs.commentId)).toBe(false);
      await heard(theirs);
      expect(caretaker.isChosen).toBe(true);
    });
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
