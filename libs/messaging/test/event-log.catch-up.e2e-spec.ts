import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { EventLogServer } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aPost, many } from './event.factory.js';
import { queryApp } from './query.app.js';
import { Effect, Script } from './script.js';

type Health = { status: string; checks: Record<string, { up: boolean; detail: string; essential?: boolean }> };

describe(`${EventLogServer.name}: catching up`, () => {
  let system: TestSystem;
  let script: Script;
  let goOn: () => void;

  beforeEach(async () => {
    script = new Script();
    system = await TestSystem.start({ apps: [queryApp(script)] });
  });
  afterEach(async () => {
    goOn?.();
    await system.stop();
  });

  const effects = () => system.app('query').get(DataSource).manager.count(Effect);
  const health = () => system.http('query').get<Health>('/health/ready');
  const publish = async (count: number) => {
    for (const post of many(count, () => aPost())) await system.bus.publish('post.created', post);
  };
  /** Makes the handler wait until `goOn` is called. */
  const holdUp = () => {
    const held = new Promise<void>((resolve) => (goOn = resolve));
    script.onEvent = () => held;
  };
  const isCatchingUp = () =>
    system.waitFor(async () => {
      const { status, body } = await health();
      expect(body.checks['eventLog']).toMatchObject({ essential: true, detail: expect.stringMatching(/^catching up/) });
      expect(status).toBe(503);
      return true;
    });

  it('takes no requests before a new database holds what the log held', async () => {
    await publish(20);
    await system.stopApp('query');
    await system.deleteDatabase('query');
    holdUp();
    await system.startApp('query');
    await isCatchingUp();
    goOn();
    await system.ready('query');
    expect(await effects()).toBe(20);
  });

  it('takes no requests before an older database holds what came meanwhile', async () => {
    await system.stopApp('query');
    await publish(5);
    holdUp();
    await system.startApp('query');
    await isCatchingUp();
    goOn();
    await system.ready('query');
    expect(await effects()).toBe(5);
  });

  it('catches up while much is written: what it waits for may be far from the end by then', async () => {
    const writing = new AbortController();
    const writers = Array.from({ length: 20 }, async () => {
      while (!writing.signal.aborted) await publish(5);
    });
    for (let start = 1; start <= 3; start++) {
      await system.stopApp('query');
      await system.startApp('query');
      await system.ready('query');
    }
    writing.abort();
    await Promise.all(writers);
  });

  it('goes on taking requests when it falls behind later', async () => {
    await system.ready('query');
    holdUp();
    await publish(5);
    expect((await health()).status).toBe(200);
  });

  it('leaves nothing in the dead letters, and applies only events', async () => {
    await publish(1);
    await system.waitFor(async () => (await effects()) === 1, { what: 'the event to be applied' });
    expect((await new Broker(system.vhost.url).stateOf('query.dead')).ready).toBe(0);
  });

  it('answers from what it has, degraded, when RabbitMQ cannot be reached at the start', async () => {
    await publish(1);
    await system.waitFor(async () => (await effects()) === 1, { what: 'the event to be applied' });
    await system.stopApp('query');
    await system.startApp('query', { RABBITMQ_URL: 'amqp://127.0.0.1:1' });
    const { status, body } = await health();
    expect([status, body.status]).toEqual([200, 'degraded']);
  });

  it('does not answer from nothing', async () => {
    await system.stopApp('query');
    await system.deleteDatabase('query');
    await system.startApp('query', { RABBITMQ_URL: 'amqp://127.0.0.1:1' });
    expect((await health()).status).toBe(503);
  });
});
