import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { FAILURE_HEADERS, ServiceQueueServer } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aComment } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Effect, Script } from './script.js';

type Health = { checks: Record<string, { unacked: number }> };

describe(`${ServiceQueueServer.name}: a handler that takes too long`, () => {
  const script = new Script();
  let system: TestSystem;
  let broker: Broker;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(script, { handlerTimeout: 300 })] });
    broker = new Broker(system.vhost.url);
  });
  afterAll(() => system.stop());

  const effects = (subject: string) => system.app('moderation').get(DataSource).manager.countBy(Effect, { subject });
  const handled = (subject: string) => system.waitFor(() => effects(subject), { what: `${subject} to be handled` });
  const unacked = async () =>
    (await system.http('moderation').get<Health>('/health/ready')).body.checks['consumer']!.unacked;
  const retried = (subject: string) => async () => {
    const messages = await broker.act((channel) => channel.checkQueue('moderation.retry.100ms'));
    return messages.messageCount > 0 || script.callsFor(subject).length > 1;
  };

  it('takes effect once when it ends after all', async () => {
    const comment = aComment();
    let goOn: () => void = () => undefined;
    script.onEvent = ({ subject }) => subject === comment.id && new Promise<void>((resolve) => (goOn = resolve));
    await system.bus.publish('comment.created', comment);
    await system.waitFor(() => script.callsFor(comment.id).length > 0);
    // Given up, the event has gone round the retry queues, and waits for its turn again.
    await system.waitFor(retried(comment.id));
    goOn();
    await handled(comment.id);
    await system.waitFor(async () => (await unacked()) === 0 && (await broker.stateOf('moderation')).ready === 0);
    expect(await effects(comment.id)).toBe(1);
    expect((await broker.stateOf('moderation.dead')).ready).toBe(0);
  });

  it('ends in the dead letters when it always hangs, and holds nobody up for ever', async () => {
    const [hanging, other] = [aComment(), aComment()];
    script.onEvent = ({ subject }) => subject === hanging.id && new Promise(() => undefined);
    await system.bus.publish('comment.created', hanging);
    await system.waitFor(async () => (await unacked()) === 1);
    await system.bus.publish('comment.created', other);
    // On SQLite a unit that hangs keeps the others waiting, until its 10 s are over.
    await system.waitFor(() => effects(other.id), { timeout: 50_000 });
    await system.waitFor(async () => (await broker.stateOf('moderation.dead')).ready === 1, { timeout: 50_000 });
    const [dead] = await system.vhost.peek('moderation.dead');
    expect(dead!.properties.headers).toMatchObject({
      [FAILURE_HEADERS.reason]: 'transient',
      [FAILURE_HEADERS.error]: 'HandlerTimeoutError: the handler did not end within 0.3 s',
    });
    expect(await effects(hanging.id)).toBe(0);
  }, 120_000);
});
