import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { UnitOfWork } from '#database';
import { EventPublisher, UnrecoverableEventError } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from '../../messaging/test/broker.js';
import { aComment, aVerdict, many } from '../../messaging/test/event.factory.js';
import { moderationApp } from '../../messaging/test/moderation.app.js';
import { queryApp } from '../../messaging/test/query.app.js';
import { Effect, Script } from '../../messaging/test/script.js';

describe(`${TestSystem.name}.settled`, () => {
  const [moderation, query] = [new Script(), new Script()];
  let system: TestSystem;
  let broker: Broker;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(moderation), queryApp(query)] });
    broker = new Broker(system.vhost.url);
  });
  afterAll(() => system.stop());
  beforeEach(() => {
    for (const script of [moderation, query]) script.onEvent = () => undefined;
  });

  const effects = (app: 'moderation' | 'query', subject: string) =>
    system.app(app).get(DataSource).manager.countBy(Effect, { subject });
  const comment = async () => (await system.bus.publish('comment.created', aComment())).data.id;
  /** What is said to be still moving. */
  const moving = async () => {
    const error: unknown = await system.settled({ timeout: 0 }).catch((reason: unknown) => reason);
    return error instanceof Error ? error.message : 'settled';
  };
  const held = () => {
    let letGo: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => (letGo = resolve));
    return { hold: () => hold, letGo: () => letGo() };
  };
  const verdict = async () => {
    const [unitOfWork, publisher] = [
      system.app('moderation').get(UnitOfWork),
      system.app('moderation').get(EventPublisher),
    ];
    const { commentId, ...rest } = aVerdict();
    await unitOfWork.run((manager) => publisher.publish(manager, 'comment.moderated', { commentId, ...rest }));
    return commentId;
  };

  it('resolves where nothing happens', async () => {
    await system.settled();
    await system.settled();
  });

  it('has waited for every handler, the reader of the log and the bus', async () => {
    // Longer together than it takes to look.
    for (const script of [moderation, query]) script.onEvent = () => delay(20);
    const ids = await Promise.all(many(50, comment));
    await system.settled();
    for (const id of ids) expect([await effects('moderation', id), await effects('query', id)]).toEqual([1, 1]);
  });

  it('has let the bus hear all that the apps published', async () => {
    const ids = await Promise.all(many(50, verdict));
    await system.settled();
    const heard = system.bus.events('comment.moderated').map(({ data }) => data.commentId);
    expect(ids.filter((id) => heard.includes(id))).toEqual(ids);
  });

  it('waits for a handler, and says which event it has', async () => {
    const { hold, letGo } = held();
    moderation.onEvent = hold;
    const { id, data } = await system.bus.publish('comment.created', aComment());
    await system.waitFor(() => moderation.callsFor(data.id).length > 0);
    const said = await moving();
    expect(said).toContain('- 1 being handled by moderation');
    expect(said).toContain(`- moderation has not handled comment.created ${id}`);
    letGo();
    await system.settled();
    expect(await effects('moderation', data.id)).toBe(1);
  });

  it('waits for what a handler publishes', async () => {
    const published: Promise<string>[] = [];
    moderation.onEvent = () => void setImmediate(() => published.push(verdict()));
    await comment();
    await system.waitFor(() => published.length > 0);
    const id = await published[0]!;
    await system.settled();
    expect(system.bus.events('comment.moderated').some(({ data }) => data.commentId === id)).toBe(true);
  });

  it('waits for further attempts', async () => {
    moderation.onEvent = ({ attempt }) => {
      if (attempt < 3) throw new Error('not yet');
      return delay(500);
    };
    const id = await comment();
    await system.settled();
    expect(moderation.callsFor(id)).toHaveLength(3);
    expect(await effects('moderation', id)).toBe(1);
  });

  it('takes dead letters for done, and leaves them there', async () => {
    moderation.onEvent = () => {
      throw new UnrecoverableEventError('never');
    };
    const ids = await Promise.all(many(3, comment));
    await system.bus.publishRaw('comment.created', Buffer.from('garbage'));
    await system.settled();
    const dead = await system.vhost.peek('moderation.dead');
    expect(dead).toHaveLength(4);
    expect(ids.filter((id) => dead.some(({ payload }) => payload.includes(id)))).toEqual(ids);
    await system.settled();
  });

  it('waits until repetitions were seen to be such', async () => {
    const event = await system.bus.publish('comment.created', aComment());
    for (let copy = 0; copy < 20; copy++) await system.bus.publishEvent(event);
    await system.settled();
    expect((await broker.stateOf('moderation')).ready).toBe(0);
    expect(moderation.callsFor(event.data.id)).toHaveLength(1);
  });

  it('says what could not be published', async () => {
    const takers = ['event-log', 'comments'];
    await broker.unbind('comment.moderated', takers);
    try {
      // The bus would take it.
      await system.bus.close();
      await verdict();
      expect(await moving()).toMatch(/- moderation has not published comment\.moderated [\w-]{36}$/m);
    } finally {
      await broker.bind('comment.moderated', takers);
    }
  });
});
