import { hostname } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Announcement, SERVICE_ANNOUNCED } from '#contracts';
import { TestBus, TestVhost, waitFor } from '#testing';
import { FakeService } from './support/fake-service.js';
import { TestGateway } from './support/test-gateway.js';

interface Readiness {
  status: string;
  checks: Record<string, { up: boolean; detail: string }>;
}

describe('announced instances', () => {
  let vhost: TestVhost;
  let bus: TestBus;
  let gateways: TestGateway[];
  const running: { stop(): Promise<void> }[] = [];

  const service = async (): Promise<FakeService> => {
    const one = await FakeService.start();
    running.push(one);
    return one;
  };
  const start = async (env: Record<string, string> = {}): Promise<TestGateway> => {
    const gateway = await TestGateway.start({ RABBITMQ_URL: vhost.url, ...env });
    running.unshift(gateway);
    return gateway;
  };
  const announce = (url: string, state: Announcement['state'] = 'serving'): Promise<void> => {
    const announcement: Announcement = { app: 'posts', instance: `posts of ${url}`, host: hostname(), url, state };
    return bus.publishRaw(SERVICE_ANNOUNCED, Buffer.from(JSON.stringify(announcement)));
  };
  const readiness = async (gateway: TestGateway): Promise<Readiness> =>
    (await gateway.http.get<Readiness>('/health/ready')).body;
  const up = async (gateway: TestGateway) => (await readiness(gateway)).checks['posts']?.detail;
  const listening = (gateway: TestGateway) =>
    waitFor(async () => (await readiness(gateway)).checks['announcements']?.up === true);

  beforeAll(async () => {
    vhost = await TestVhost.create();
    bus = await TestBus.connect(vhost.url, [50]);
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  afterAll(async () => {
    await bus.close();
    await vhost.remove();
  });

  it('are found by every gateway, besides those that are listed', async () => {
    const [listed, copy] = [await service(), await service()];
    gateways = [await start({ POSTS_URLS: listed.url }), await start({ POSTS_URLS: listed.url })];
    await Promise.all(gateways.map(listening));
    await announce(copy.url);
    for (const gateway of gateways) {
      await waitFor(async () => (await up(gateway)) === '2 of 2 instances are up');
      const before = copy.requests.length;
      for (let i = 0; i < 4; i++) expect((await gateway.http.post('/api/posts', {})).status).toBe(200);
      expect(copy.requests.length - before).toBe(2);
    }
  });

  it('are waited for: a gateway that is ready knows all of them', async () => {
    const [listed, copy] = [await service(), await service()];
    const gateway = await start({ POSTS_URLS: listed.url, COMMENTS_URLS: listed.url, QUERY_URLS: listed.url });
    // It begins when a gateway that waits for nobody would be ready for long, and comes twice as often as it must.
    const announcing = setInterval(() => void announce(copy.url), 500);
    running.unshift({ stop: async () => clearInterval(announcing) });
    await waitFor(async () => (await gateway.http.get('/health/ready')).status === 200);
    expect(await up(gateway)).toMatch(/ of 2 instances are up$/);
  });

  it('get nothing before they are ready', async () => {
    const [listed, copy] = [await service(), await service()];
    copy.health = 503;
    const gateway = await start({ POSTS_URLS: listed.url });
    await listening(gateway);
    await announce(copy.url);
    const statuses: number[] = [];
    await waitFor(async () => {
      statuses.push((await gateway.http.post('/api/posts', {})).status);
      return (await up(gateway)) === '1 of 2 instances are up';
    });
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(copy.requests).toHaveLength(0);
    copy.health = 200;
    await waitFor(async () => (await up(gateway)) === '2 of 2 instances are up');
  });

  it('are enough: nothing need be listed, and the usual port is not missed', async () => {
    const copy = await service();
    const gateway = await start();
    await listening(gateway);
    await announce(copy.url);
    await waitFor(async () => (await up(gateway)) === '1 of 1 instances are up');
    expect((await gateway.http.post('/api/posts', {})).status).toBe(200);
  });

  it('get nothing more when they leave, and are forgotten once they are gone', async () => {
    const [stays, leaves] = [await service(), await service()];
    const gateway = await start();
    await listening(gateway);
    await announce(stays.url);
    await announce(leaves.url);
    await waitFor(async () => (await up(gateway)) === '2 of 2 instances are up');
    // Its health check will say so; that is a second later at most.
    leaves.health = 503;
    await announce(leaves.url, 'leaving');
    await waitFor(async () => (await up(gateway)) === '1 of 2 instances are up');
    const before = leaves.requests.length;
    for (let i = 0; i < 4; i++) expect((await gateway.http.post('/api/posts', {})).status).toBe(200);
    expect(leaves.requests).toHaveLength(before);
    await leaves.stop();
    await waitFor(async () => (await up(gateway)) === '1 of 1 instances are up');
  });

  it('are kept while they answer, however silent; the gateway works without RabbitMQ', async () => {
    const [silent, dead] = [await service(), await service()];
    const gateway = await start();
    await listening(gateway);
    await announce(silent.url);
    await announce(dead.url);
    await waitFor(async () => (await up(gateway)) === '2 of 2 instances are up');
    await dead.stop();
    // The gateway hears itself, and so knows that it would hear the others.
    await waitFor(async () => (await up(gateway)) === '1 of 1 instances are up', { timeout: 30_000 });
    expect((await gateway.http.post('/api/posts', {})).status).toBe(200);
    expect(silent.requests).toHaveLength(1);
  });

  it('are not heard without RabbitMQ, which the gateway says and does not need', async () => {
    const listed = await service();
    const all = { POSTS_URLS: listed.url, COMMENTS_URLS: listed.url, QUERY_URLS: listed.url };
    const gateway = await start({ ...all, RABBITMQ_URL: 'amqp://127.0.0.1:1' });
    await waitFor(async () => (await readiness(gateway)).status === 'degraded');
    const { announcements, posts } = (await readiness(gateway)).checks;
    expect([announcements?.up, posts?.detail]).toEqual([false, '1 of 1 instances are up']);
    expect((await gateway.http.post('/api/posts', {})).status).toBe(200);
  });
});
