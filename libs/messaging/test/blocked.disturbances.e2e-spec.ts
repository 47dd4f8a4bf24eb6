import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnitOfWork } from '#database';
import { Announcements, EventPublisher, OutboxRelay, ServiceDirectory } from '#messaging';
import { TestSystem, waitFor } from '#testing';
import { startPrivateBroker } from '../../../scripts/lib/broker.mjs';
import { aComment, aVerdict, many } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Effect, Script } from './script.js';

const BLOCKED = { up: false, detail: 'RabbitMQ blocks publishers: low on memory' };

/** rabbitmqctl and a batch that is given up take their time. */
const TIMEOUT = 180_000;

/** On a RabbitMQ of its own: an alarm is for all of a broker. */
describe('a memory alarm of RabbitMQ', { timeout: TIMEOUT }, () => {
  const before = { ...process.env };
  let folder: string;
  let broker: Awaited<ReturnType<typeof startPrivateBroker>>;
  let script: Script;
  let system: TestSystem;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-alarm-'));
    broker = await startPrivateBroker({ dir: join(folder, 'rabbitmq') });
    process.env['TEST_RABBITMQ_URL'] = broker.url;
    process.env['TEST_RABBITMQ_MANAGEMENT_URL'] = broker.managementUrl;
  });
  beforeEach(async () => {
    script = new Script();
    system = await TestSystem.start({ apps: [moderationApp(script)], env: { SHUTDOWN_TIMEOUT: '5s' } });
  });
  afterEach(async () => {
    await clear();
    await system.stop();
  });
  afterAll(async () => {
    Object.assign(process.env, before);
    await broker.close({ force: true, discard: true });
    await rm(folder, { recursive: true, force: true });
  });

  const raise = () => broker.control('set_vm_memory_high_watermark', '0.0001');
  const clear = () => broker.control('set_vm_memory_high_watermark', '0.4');
  const app = () => system.app('moderation');
  const pending = () => app().get(OutboxRelay).pending();
  const checks = async () => {
    const { body } = await system
      .http('moderation')
      .get<{ status: string; checks: Record<string, unknown> }>('/health/ready');
    return body;
  };
  /** @returns the ids of what the events are about */
  const write = async (count: number): Promise<string[]> => {
    const verdicts = many(count, () => aVerdict());
    const publish = (verdict: (typeof verdicts)[number]) =>
      app()
        .get(UnitOfWork, { strict: false })
        .run((manager) => app().get(EventPublisher).publish(manager, 'comment.moderated', verdict));
    await Promise.all(verdicts.map(publish));
    return verdicts.map(({ commentId }) => commentId);
  };
  const blocked = (check: string) =>
    waitFor(async () => expect((await checks()).checks[check]).toMatchObject(BLOCKED) ?? true, {
      what: `${check} to be blocked`,
    });
  const allArrive = async (ids: string[]): Promise<void> => {
    await waitFor(async () => (await pending()) === 0, { what: 'the outbox to be empty' });
    const heard = () => new Set(system.bus.events('comment.moderated').map(({ data }) => data.commentId));
    await waitFor(() => ids.every((id) => heard().has(id)), { what: 'the events to be heard' });
  };

  it('does not keep anybody from writing; the outbox keeps the events, however long, and health says why', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    await raise();
    const first = await write(20);
    await blocked('publisher');
    await blocked('announcements');
    expect((await checks()).status).toBe('degraded');
    const relay = app().get(OutboxRelay)['broker'];
    const channel = relay.current;
    // However many of them were stored when the relay looked.
    const givenUp = /^cannot publish \d+ events now: Error: RabbitMQ did not confirm in time$/;
    await waitFor(() => warn.mock.calls.some(([text]) => givenUp.test(text)), { what: 'the batch to be given up' });
    const later = await write(20);
    expect(await pending()).toBe(40);
    // It waits, on the channel that it has: no other would be better.
    expect(relay.current).toBe(channel);
    await clear();
    await allArrive([...first, ...later]);
    await system.ready('moderation');
    expect(relay.current).toBe(channel);
  });

  it('makes a failed event wait for its retry, and others be handled; nothing is lost or handled twice', async () => {
    const [failing, fine] = [aComment(), aComment()];
    script.onEvent = ({ subject, attempt }) => {
      if (subject === failing.id && attempt === 1) throw new Error('the first attempt fails');
    };
    await system.stopApp('moderation');
    await system.bus.publish('comment.created', failing);
    await system.bus.publish('comment.created', fine);
    await raise();
    await system.startApp('moderation');
    await waitFor(() => effects(fine.id), { what: 'the other event to be handled' });
    await blocked('consumer');
    expect(script.callsFor(failing.id)).toHaveLength(1);
    await clear();
    await waitFor(() => effects(failing.id), { what: 'the failed event to be handled' });
    expect(await effects(failing.id)).toBe(1);
    expect(await effects(fine.id)).toBe(1);
    await system.ready('moderation');
  });

  it('does not keep a process from stopping, nor lose what it leaves', async () => {
    await raise();
    const written = await write(5);
    await blocked('publisher');
    await system.stopApp('moderation');
    await system.startApp('moderation');
    const later = await write(5);
    await blocked('publisher');
    expect(await pending()).toBe(10);
    await clear();
    await allArrive([...written, ...later]);
  });

  it('makes nobody be forgotten who is announced, and lets them be heard again afterwards', async () => {
    const directory = new ServiceDirectory(hostname(), ['comments']);
    const url = 'http://127.0.0.1:4001';
    const options = { urls: [system.vhost.url], retryDelays: [50, 100] };
    const comments = new Announcements(
      { ...options, app: 'comments', instance: 'c', calls: [] },
      new ServiceDirectory('x', []),
    );
    const gateway = new Announcements({ ...options, app: 'gateway', instance: 'g', calls: ['comments'] }, directory);
    try {
      for (const one of [gateway, comments]) one.onApplicationBootstrap();
      await waitFor(() => gateway.status.up && comments.status.up);
      gateway.serve('http://127.0.0.1:3000');
      comments.serve(url);
      await waitFor(() => directory.urlsOf('comments', ['http://listed']).includes(url));
      const channel = gateway['broker'].current;
      await raise();
      await waitFor(() => gateway.status.detail === BLOCKED.detail && comments.status.detail === BLOCKED.detail);
      const silentSince = Date.now();
      await waitFor(() => Date.now() - silentSince > 7_000, { what: 'a silence that is long enough to be forgotten' });
      directory.unreachable(url);
      expect(directory.urlsOf('comments', ['http://listed'])).toContain(url);
      await clear();
      await waitFor(() => gateway.status.up && comments.status.up);
      const changes: string[] = [];
      directory.changes.subscribe(({ state }) => changes.push(state));
      await comments.leave();
      await waitFor(() => changes.includes('leaving'));
      expect(gateway['broker'].current).toBe(channel);
    } finally {
      for (const one of [gateway, comments]) await one.onApplicationShutdown();
    }
  });

  const effects = (subject: string) => app().get(DataSource).manager.countBy(Effect, { subject });
});
