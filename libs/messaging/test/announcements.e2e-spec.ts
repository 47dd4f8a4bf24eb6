import { hostname } from 'node:os';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SERVICE_ANNOUNCED } from '#contracts';
import { Announcements, ServiceDirectory } from '#messaging';
import { type QueueInfo, TestBus, TestVhost, waitFor } from '#testing';
import { Broker } from './broker.js';

const DELAYS = [500];
const A = 'http://127.0.0.1:4001';

describe(Announcements.name, () => {
  let vhost: TestVhost;
  let broker: Broker;
  let bus: TestBus;
  const running: Announcements[] = [];

  const start = (name: string, directory = new ServiceDirectory(hostname(), [])): Announcements => {
    const calls = name.startsWith('gateway') ? (['comments'] as const) : [];
    const app = name.split('@')[0] as 'gateway' | 'comments';
    const options = { app, instance: name, urls: [vhost.url], retryDelays: DELAYS, calls };
    const sut = new Announcements(options, directory);
    sut.onApplicationBootstrap();
    running.push(sut);
    return sut;
  };
  const listener = async (): Promise<ServiceDirectory> => {
    const directory = new ServiceDirectory(hostname(), ['comments']);
    const sut = start('gateway@here:3000', directory);
    await waitFor(() => sut.status.up);
    sut.serve('http://127.0.0.1:3000');
    return directory;
  };
  const hears = (directory: ServiceDirectory, url: string): Promise<boolean> =>
    waitFor(() => directory.urlsOf('comments', ['http://listed']).includes(url), { what: `to hear of ${url}` });
  const queues = async (): Promise<QueueInfo[]> =>
    (await vhost.queues()).filter(({ name }) => name.includes(' announcements '));

  beforeAll(async () => {
    Logger.overrideLogger(false);
    vhost = await TestVhost.create();
    broker = new Broker(vhost.url);
    bus = await TestBus.connect(vhost.url, DELAYS);
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.onApplicationShutdown();
  });
  afterAll(async () => {
    await bus.close();
    await vhost.remove();
  });

  it('makes others hear of a process, until it leaves and cannot be reached', async () => {
    const directory = await listener();
    const comments = start('comments@here:4001');
    comments.serve(A);
    await hears(directory, A);
    const changes: string[] = [];
    directory.changes.subscribe(({ state, url }) => changes.push(`${state} ${url}`));
    await comments.leave();
    await waitFor(() => changes.length > 0);
    expect(changes).toEqual([`leaving ${A}`]);
    directory.unreachable(A);
    expect(directory.urlsOf('comments', ['http://listed'])).toEqual(['http://listed']);
  });

  it('lets a process be heard that was there before', async () => {
    const comments = start('comments@here:4001');
    comments.serve(A);
    await waitFor(() => comments.status.up);
    const directory = await listener();
    await hears(directory, A);
  });

  it('has a queue for each process that listens, and none for the others', async () => {
    await Promise.all([listener(), listener()]);
    const comments = start('comments@here:4001');
    await waitFor(() => comments.status.up);
    const found = await waitFor(async () => {
      const all = await queues();
      return all.length === 2 && all;
    });
    for (const { name, type, arguments: args } of found) {
      expect(name).toMatch(/^gateway@here:3000 announcements [0-9a-f]{4}$/);
      expect([type, args]).toEqual(['classic', { 'x-queue-type': 'classic' }]);
    }
    expect((await vhost.bindings()).filter(({ source }) => source === SERVICE_ANNOUNCED)).toHaveLength(2);
  });

  it('leaves no queue behind', async () => {
    await listener();
    await waitFor(async () => (await queues()).length > 0);
    await running.splice(0)[0]!.onApplicationShutdown();
    await waitFor(async () => (await queues()).length === 0);
  });

  it.each([
    ['its connection was closed', () => broker.closeConnections('gateway@here:3000 announcements')],
    ['somebody deleted the exchange', () => broker.act((channel) => channel.deleteExchange(SERVICE_ANNOUNCED))],
  ])('goes on when %s', async (_what, disturb) => {
    const directory = await listener();
    const comments = start('comments@here:4001');
    comments.serve(A);
    await hears(directory, A);
    const other = 'http://127.0.0.1:4006';
    await disturb();
    const copy = start('comments@here:4006');
    copy.serve(other);
    await hears(directory, other);
  });

  it('ignores what is malformed', async () => {
    const directory = await listener();
    const good = { app: 'comments', instance: 'i', host: hostname(), url: A, state: 'serving' };
    const bad = [{ ...good, url: 'ftp://x' }, { ...good, app: 'x' }, { ...good, state: 'gone' }, {}, null];
    for (const one of ['{', '', ...bad.map((value) => JSON.stringify(value))]) {
      await bus.publishRaw(SERVICE_ANNOUNCED, Buffer.from(one));
    }
    const later = { ...good, url: 'http://127.0.0.1:4006/path', more: 'to come' };
    await bus.publishRaw(SERVICE_ANNOUNCED, Buffer.from(JSON.stringify(later)));
    await hears(directory, 'http://127.0.0.1:4006');
    expect(directory.urlsOf('comments')).toEqual(['http://127.0.0.1:4006']);
  });

  it('does not keep anybody waiting who leaves without RabbitMQ', async () => {
    const lonely = new Announcements(
      { app: 'posts', instance: 'p', urls: ['amqp://127.0.0.1:1'], retryDelays: DELAYS, calls: [] },
      new ServiceDirectory('h', []),
    );
    running.push(lonely);
    lonely.onApplicationBootstrap();
    lonely.serve(A);
    await lonely.leave();
    expect(lonely.status.up).toBe(false);
  });
});
