import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { EventLogServer, type EventLogStatus } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aPost, many } from './event.factory.js';
import { queryApp } from './query.app.js';
import { Effect, Script } from './script.js';

type Health = { status: string; checks: { eventLog: EventLogStatus } };

describe(`${EventLogServer.name}: how far it is behind`, { timeout: 180_000 }, () => {
  let system: TestSystem;
  let script: Script;
  let goOn: () => void;

  beforeEach(async () => {
    script = new Script();
    goOn = () => undefined;
    system = await TestSystem.start({ apps: [queryApp(script)] });
  });
  afterEach(async () => {
    goOn();
    await system.stop();
  });

  const health = async () => (await system.http('query').get<Health>('/health/ready')).body;
  const eventLog = async () => (await health()).checks.eventLog;
  const says = (expected: Partial<Record<keyof EventLogStatus, unknown>>) =>
    system.waitFor(
      async () => {
        const status = await eventLog();
        expect(status).toMatchObject(expected);
        return status;
      },
      { what: `/health/ready to say ${JSON.stringify(expected)}`, timeout: 30_000 },
    );
  /** RabbitMQ takes an offset for itself now and then. */
  const atLeast = (count: number): unknown => expect.toSatisfy((value: number) => value >= count && value < count + 10);
  const publish = async (count: number) => {
    for (const post of many(count, () => aPost())) await system.bus.publish('post.created', post);
  };
  const holdUp = () => {
    const held = new Promise<void>((resolve) => (goOn = resolve));
    script.onEvent = () => held;
  };
  const applied = (count: number) =>
    system.waitFor(async () => (await system.app('query').get(DataSource).manager.count(Effect)) === count, {
      what: `${count} events to be applied`,
      timeout: 40_000,
    });

  it('is not behind when all is applied', async () => {
    await publish(3);
    await applied(3);
    // Offset 0 is the mark by which the reader found the end.
    await says({ up: true, offset: atLeast(3), eventsBehind: 0, secondsBehind: 0 });
  });

  it('counts what waits, tells how old it is, and after some seconds that nothing goes on', async () => {
    holdUp();
    await publish(5);
    const { secondsBehind } = await says({ up: true, eventsBehind: atLeast(5) });
    const later = await says({ up: false, detail: expect.stringMatching(/^nothing was applied for \d+ s; next is/) });
    expect(later.secondsBehind).toBeGreaterThan(secondsBehind!);
    expect((await health()).status).toBe('degraded');
    goOn();
    await applied(5);
    await says({ up: true, eventsBehind: 0, secondsBehind: 0 });
  });

  it('asks RabbitMQ where the log ends when more waits than is sent ahead', async () => {
    holdUp();
    await Promise.all(many(6, () => publish(200)));
    await says({ eventsBehind: atLeast(1_200) });
    goOn();
    await applied(1_200);
    await says({ up: true, eventsBehind: 0 });
  });

  it('says so while a handler hangs for ever, skips nothing, and goes on once it does not', async () => {
    const hanging = aPost();
    let hangs = true;
    script.onEvent = ({ subject }) => (hangs && subject === hanging.id ? new Promise(() => undefined) : undefined);
    await publish(2);
    await system.bus.publish('post.created', hanging);
    await publish(2);
    await says({ up: false, detail: expect.stringContaining('nothing was applied') });
    await says({ up: false, detail: expect.stringContaining('UnitTimeoutError') });
    expect((await eventLog()).secondsBehind).toBeGreaterThan(9);
    hangs = false;
    await applied(5);
    await says({ up: true, eventsBehind: 0, secondsBehind: 0 });
    expect((await new Broker(system.vhost.url).stateOf('query.dead')).ready).toBe(0);
  });

  it('does not claim to know without RabbitMQ', async () => {
    await publish(1);
    await applied(1);
    const others = new Broker(system.vhost.url);
    await others.closeConnections('event log');
    await says({ up: true, offset: atLeast(1), eventsBehind: 0, secondsBehind: 0 });
    await system.stopApp('query');
    await system.startApp('query', { RABBITMQ_URL: 'amqp://127.0.0.1:1' });
    await says({ up: false, offset: atLeast(1), eventsBehind: null, secondsBehind: null });
  });
});
