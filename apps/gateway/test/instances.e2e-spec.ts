import { Agent, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Problem } from '#contracts';
import { freePort, waitFor } from '#testing';
import { breakOff, FakeService, ok, stream } from './support/fake-service.js';
import { answerTo, bodyOf, TestGateway } from './support/test-gateway.js';

interface Readiness {
  status: string;
  checks: Record<string, { up: boolean; detail: string }>;
}

describe('instances', () => {
  const running: { stop(): Promise<void> }[] = [];

  const start = async (env: Record<string, string>, ...lookup: [((host: string) => Promise<string[]>)?]) => {
    const gateway = await TestGateway.start(env, ...lookup);
    running.unshift(gateway);
    return gateway;
  };
  const service = async (...options: Parameters<typeof FakeService.start>) => {
    const one = await FakeService.start(...options);
    running.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  it('takes turns with them', async () => {
    const [a, b] = [await service(), await service()];
    const { http } = await start({ POSTS_URLS: `${a.url},${b.url}` });
    for (let i = 0; i < 10; i++) expect((await http.post('/api/posts', {})).status).toBe(200);
    expect([a.requests.length, b.requests.length]).toEqual([5, 5]);
  });

  it('asks another one when a read breaks off', async () => {
    const [bad, good] = [await service(breakOff), await service()];
    const { http } = await start({ QUERY_URLS: `${bad.url},${good.url}` });
    for (let i = 0; i < 4; i++) expect((await http.get('/api/posts')).status).toBe(200);
    expect(bad.requests.length).toBeGreaterThan(0);
    expect(good.requests).toHaveLength(4);
  });

  it('asks another one when the one that was asked falls silent', async () => {
    const [a, b] = [await service(), await service()];
    const gateway = await start({ QUERY_URLS: `${a.url},${b.url}` });
    await waitFor(async () => (await readiness(gateway)).checks['query']?.detail === '2 of 2 instances are up');
    a.silent = true;
    const answers = await Promise.all(Array.from({ length: 4 }, () => gateway.http.get('/api/posts')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(a.requests.length).toBeGreaterThan(0);
    expect(b.requests).toHaveLength(4);
  });

  it('has event streams opened again that come from one that falls silent', async () => {
    const [a, b] = [await service(stream), await service(stream)];
    const gateway = await start({ QUERY_URLS: `${a.url},${b.url}` });
    const answers = await Promise.all([1, 2].map(() => answerTo(gateway.open('GET', '/api/events').end())));
    a.silent = true;
    const endings = answers.map((answer) => bodyOf(answer).catch(() => 'broken off'));
    expect(await Promise.race(endings)).toBe('broken off');
    expect((await answerTo(gateway.open('GET', '/api/events').end())).statusCode).toBe(200);
    expect(b.requests).toHaveLength(2);
  });

  it('asks another one when the answer to a read breaks off in the middle', async () => {
    const half: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy());
    };
    const [bad, good] = [await service(half), await service()];
    const { http } = await start({ QUERY_URLS: `${bad.url},${good.url}` });
    for (let i = 0; i < 4; i++) expect((await http.get('/api/posts')).body).toEqual({ port: good.port });
    expect(bad.requests.length).toBeGreaterThan(0);
  });

  it('sends nothing twice that may have been done', async () => {
    const [a, b] = [await service(breakOff), await service(breakOff)];
    const { http } = await start({ POSTS_URLS: `${a.url},${b.url}` });
    const { status, body } = await http.post<Problem>('/api/posts', { title: 'Hello' });
    expect([status, body.type]).toEqual([502, 'urn:parley:problem:bad-gateway']);
    expect(body.detail).toContain('The posts service');
    expect(a.requests.length + b.requests.length).toBe(1);
  });

  it('sends a write to another one when nobody listens at the first', async () => {
    const [a, b] = [await service(), await service()];
    const { http } = await start({ POSTS_URLS: `${a.url},${b.url}` });
    await a.stop();
    for (let i = 0; i < 4; i++) expect((await http.post('/api/posts', 'x'.repeat(20_000))).status).toBe(200);
    expect(b.requests).toHaveLength(4);
  });

  it('says which service cannot be reached, and finds it again at once', async () => {
    const posts = await service();
    const gateway = await start({ POSTS_URLS: posts.url });
    await posts.stop();
    const { status, headers, body } = await gateway.http.post<Problem>('/api/posts', {});
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(body).toMatchObject({
      type: 'urn:parley:problem:service-unavailable',
      detail: 'The posts service cannot be reached now; try again in a moment.',
    });
    await waitFor(async () => (await readiness(gateway)).status === 'degraded');
    expect((await readiness(gateway)).checks['posts']).toMatchObject({ up: false });
    await posts.listen();
    expect((await gateway.http.post('/api/posts', {})).status).toBe(200);
    expect((await readiness(gateway)).checks['posts']).toEqual({ up: true, detail: '1 of 1 instances are up' });
  });

  it('is not ready right after its start as long as it finds nobody', async () => {
    const gateway = await start({ POSTS_URLS: `http://127.0.0.1:${await freePort()}` });
    expect((await gateway.http.get('/health/ready')).status).toBe(503);
    await waitFor(async () => (await gateway.http.get('/health/ready')).status === 200);
  });

  it('takes the body off the connection that it can send to nobody', async () => {
    const gateway = await start({ POSTS_URLS: `http://127.0.0.1:${await freePort()}` });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i++) {
      const request = gateway.open('POST', '/api/posts', { agent, headers: { 'transfer-encoding': 'chunked' } });
      const answer = await answerTo(request.end(Buffer.alloc(1_000_000)));
      expect([answer.statusCode, answer.headers.connection]).toEqual([503, 'keep-alive']);
      await bodyOf(answer);
    }
    agent.destroy();
  });

  it('breaks off to the client what breaks off in the middle', async () => {
    const posts = await service((_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy());
    });
    const gateway = await start({ POSTS_URLS: posts.url });
    const answer = await answerTo(gateway.open('POST', '/api/posts').end());
    await expect(bodyOf(answer)).rejects.toThrow('aborted');
    expect(posts.requests).toHaveLength(1);
  });

  it('leaves out who is not ready until it is', async () => {
    const [a, b] = [await service(), await service()];
    const gateway = await start({ QUERY_URLS: `${a.url},${b.url}` });
    a.health = 503;
    const detail = async () => (await readiness(gateway)).checks['query']?.detail;
    await waitFor(async () => (await detail()) === '1 of 2 instances are up');
    for (let i = 0; i < 4; i++) await gateway.http.get('/api/posts');
    expect([a.requests.length, b.requests.length]).toEqual([0, 4]);
    a.health = 200;
    await waitFor(async () => (await detail()) === '2 of 2 instances are up');
    for (let i = 0; i < 4; i++) await gateway.http.get('/api/posts');
    expect(a.requests).toHaveLength(2);
  });

  it('finds instances that come and forgets those that go', async () => {
    const port = await freePort();
    const [a, b] = [await service(ok, port), await service(ok, port, '127.0.0.2')];
    let addresses = ['127.0.0.1'];
    const { http } = await start({ QUERY_URLS: `http://query.test:${port}` }, async () => addresses);
    expect((await http.get('/api/posts')).status).toBe(200);
    expect(a.requests[0]!.headers.host).toBe(`query.test:${port}`);
    addresses = ['127.0.0.1', '127.0.0.2'];
    await waitFor(async () => (await http.get('/api/posts')) && b.requests.length > 0);
    addresses = ['127.0.0.2'];
    await waitFor(async () => (await a.connections()) === 0);
    const before = a.requests.length;
    for (let i = 0; i < 4; i++) expect((await http.get('/api/posts')).status).toBe(200);
    expect(a.requests).toHaveLength(before);
  });
});

const readiness = async ({ http }: TestGateway): Promise<Readiness> =>
  (await http.get<Readiness>('/health/ready')).body;
