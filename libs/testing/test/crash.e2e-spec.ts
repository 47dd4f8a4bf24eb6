import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource, type EntityManager } from 'typeorm';
import { OutboxMessage, UnitOfWork } from '#database';
import { EventPublisher } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from '../../messaging/test/broker.js';
import { aComment, aVerdict } from '../../messaging/test/event.factory.js';
import { moderationApp } from '../../messaging/test/moderation.app.js';
import { queryApp } from '../../messaging/test/query.app.js';
import { Effect, Script } from '../../messaging/test/script.js';

describe(`${TestSystem.name}.crash`, () => {
  let moderation: Script;
  let query: Script;
  let system: TestSystem;
  let broker: Broker;
  let stopped: boolean;

  beforeEach(async () => {
    [moderation, query] = [new Script(), new Script()];
    system = await TestSystem.start({ apps: [moderationApp(moderation), queryApp(query)] });
    broker = new Broker(system.vhost.url);
    stopped = false;
  });
  afterEach(() => (stopped ? undefined : system.stop()));

  const database = () => system.app('moderation').get(DataSource).manager;
  const effects = (subject: string) => database().countBy(Effect, { subject });
  const run = <T>(work: (manager: EntityManager) => Promise<T>) => system.app('moderation').get(UnitOfWork).run(work);
  const settledNow = () => system.settled({ timeout: 0 });

  /** Lets moderation die in the middle of handling an event. `goOn` lets the dead handler go on. */
  const crashInHandler = async () => {
    const { promise, goOn } = later();
    let isInHandler = false;
    const outcome = new Promise<unknown>((resolve) => {
      moderation.onEvent = async (call, manager) => {
        if (call.attempt > 1) return;
        isInHandler = true;
        await promise;
        const zombie = { type: 'zombie', subject: call.subject, offset: -1 };
        const insert = async (): Promise<unknown> => manager.insert(Effect, zombie);
        resolve(await insert().catch(String));
      };
    });
    const event = await system.bus.publish('comment.created', aComment());
    await system.waitFor(() => isInHandler);
    system.crash('moderation');
    return { id: event.data.id, eventId: event.id, goOn, outcome };
  };

  it('has an event delivered again whose handler it broke off, and that handler changes nothing any more', async () => {
    const { id, eventId, goOn, outcome } = await crashInHandler();
    await expect(settledNow()).rejects.toThrow(`moderation (crashed) has not handled comment.created ${eventId}`);
    goOn();
    expect(await outcome).toMatch(/Error/);
    await system.restart('moderation');
    await system.settled();
    expect(moderation.callsFor(id)).toHaveLength(2);
    expect(await effects(id)).toBe(1);
  });

  it('breaks off a handler that goes on only when the app lives again', async () => {
    const { id, goOn, outcome } = await crashInHandler();
    await system.restart('moderation');
    await system.settled();
    goOn();
    expect(await outcome).toMatch(/Error/);
    expect(await effects(id)).toBe(1);
  });

  it('leaves what was committed but not published in the outbox, and it is published after a restart', async () => {
    const verdict = aVerdict();
    await run(async (manager) => {
      await system.app('moderation').get(EventPublisher).publish(manager, 'comment.moderated', verdict);
      system
        .app('moderation')
        .get(UnitOfWork)
        .afterCommit(() => system.crash('moderation'));
    });
    await expect(settledNow()).rejects.toThrow('moderation (crashed) has not published comment.moderated');
    expect(system.bus.events('comment.moderated')).toEqual([]);
    await system.restart('moderation');
    await system.settled();
    expect(system.bus.events('comment.moderated').map(({ data }) => data)).toEqual([verdict]);
    expect(await database().count(OutboxMessage)).toBe(0);
  });

  it('rolls back what was not committed', async () => {
    const publisher = system.app('moderation').get(EventPublisher);
    const unit = run(async (manager) => {
      await publisher.publish(manager, 'comment.moderated', aVerdict());
      await manager.insert(Effect, { type: 'lost', subject: 'lost', offset: -1 });
      system.crash('moderation');
    });
    await expect(unit).rejects.toThrow(/transaction|connection/i);
    await system.restart('moderation');
    await system.settled();
    expect([await effects('lost'), await database().count(OutboxMessage)]).toEqual([0, 0]);
    expect(system.bus.events('comment.moderated')).toEqual([]);
  });

  it('answers no request any more, and frees its queue', async () => {
    const http = system.http('moderation');
    expect((await http.get('/health/live')).status).toBe(200);
    system.crash('moderation');
    await expect(http.get('/health/live')).rejects.toThrow('fetch failed');
    expect(() => system.app('moderation')).toThrow('moderation has crashed');
    expect(() => system.crash('moderation')).toThrow('moderation has crashed');
    await system.waitFor(async () => (await broker.stateOf('moderation')).consumers === 0);
    // Nothing waits for it: it is dead, and nothing moves.
    await system.settled();
    await system.restart('moderation');
    expect(system.http('moderation').baseUrl).toBe(http.baseUrl);
    expect((await http.get('/health/live')).status).toBe(200);
  });

  it('leaves the others alive', async () => {
    system.crash('moderation');
    const { data } = await system.bus.publish('comment.created', aComment());
    await system.waitFor(() => query.callsFor(data.id).length === 1);
    system.crash('query');
    await system.restart('moderation');
    await system.waitFor(() => effects(data.id));
    await system.restart('query');
    await system.settled();
    const seen = await system.app('query').get(DataSource).manager.countBy(Effect, { subject: data.id });
    expect([await effects(data.id), seen]).toEqual([1, 1]);
  });

  it('leaves nothing behind when the system stops', async () => {
    const databases = ['moderation', 'query'].map((name) => system.app(name as 'query').get(DataSource));
    const folders = () => readdirSync(tmpdir()).filter((name) => existsSync(`${tmpdir()}/${name}/query.db`));
    const before = folders();
    const { goOn, outcome } = await crashInHandler();
    system.crash('query');
    goOn();
    await outcome;
    await system.stop();
    stopped = true;
    expect(databases.map(({ isInitialized }) => isInitialized)).toEqual([false, false]);
    expect(before.filter((folder) => !folders().includes(folder))).toHaveLength(1);
    await expect(system.vhost.queues()).rejects.toThrow('404');
    expect(connectionsToBroker()).toEqual([]);
  });
});

describe(`${TestSystem.name}.restart`, () => {
  it('stops an app that runs, and starts it again', async () => {
    const script = new Script();
    const system = await TestSystem.start({ apps: [moderationApp(script)] });
    try {
      const before = system.app('moderation');
      const { data } = await system.bus.publish('comment.created', aComment());
      await system.restart('moderation');
      expect(system.app('moderation')).not.toBe(before);
      await system.settled();
      expect(script.callsFor(data.id)).toHaveLength(1);
    } finally {
      await system.stop();
    }
  });
});

/** A promise that the test settles when it wants to. */
function later(): { promise: Promise<void>; goOn: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, goOn: () => resolve() };
}

/** The sockets of this process that lead to the broker's AMQP port. */
function connectionsToBroker(): unknown[] {
  const handles = (Reflect.get(process, '_getActiveHandles') as () => { remotePort?: number }[]).call(process);
  const port = Number(new URL(process.env['TEST_RABBITMQ_URL']!).port);
  return handles.filter(({ remotePort }) => remotePort === port);
}
