import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Problem } from '#contracts';
import { waitFor } from '#testing';
import { FakeService, ok, stream } from './support/fake-service.js';
import { answerTo, TestGateway } from './support/test-gateway.js';

/** Says with 503 that it cannot answer, for the reason that `code` names. */
const refuse =
  (code: string): RequestListener =>
  (request, response) => {
    const body = JSON.stringify({ type: `urn:parley:problem:${code}`, status: 503 });
    request.resume().once('end', () => {
      response.writeHead(503, {
        'content-type': 'application/problem+json',
        'content-length': body.length,
        'retry-after': '7',
      });
      response.end(body);
    });
  };

describe('overload', () => {
  const running: { stop(): Promise<void> }[] = [];
  const start = async (env: Record<string, string>) => {
    const gateway = await TestGateway.start(env);
    running.unshift(gateway);
    return gateway;
  };
  const service = async (...options: Parameters<typeof FakeService.start>) => {
    const one = await FakeService.start(...options);
    running.push(one);
    return one;
  };
  const up = (gateway: TestGateway, name: string, detail: string): Promise<unknown> =>
    waitFor(async () => {
      const { body } = await gateway.http.get<{ checks: Record<string, { detail: string }> }>('/health/ready');
      return body.checks[name]?.detail === detail;
    });
  /** A service that answers nothing before it is told to. */
  const slow = async () => {
    const held: (() => void)[] = [];
    const one = await service((request, response) => held.push(() => ok(request, response)));
    return { one, release: () => held.splice(0).forEach((answer) => answer()) };
  };
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  describe('of an instance', () => {
    it('is answered by the gateway: no more is sent than the limit, and the next when there is room', async () => {
      const { one, release } = await slow();
      const { http } = await start({ POSTS_URLS: one.url, MAX_REQUESTS_PER_INSTANCE: '2' });
      const answers = [http.post('/api/posts', {}), http.post('/api/posts', {})];
      await waitFor(() => one.requests.length === 2);
      const { status, headers, body } = await http.post<Problem>('/api/posts', {});
      expect([status, body.type, body.detail]).toEqual([
        503,
        'urn:parley:problem:overloaded',
        'The posts service has too much to do now; try again in a moment.',
      ]);
      expect(headers.get('retry-after')).toMatch(/^[123]$/);
      expect(one.requests).toHaveLength(2);
      release();
      for (const answer of answers) expect((await answer).status).toBe(200);
      const next = http.post('/api/posts', {});
      await waitFor(() => one.requests.length === 3);
      release();
      expect((await next).status).toBe(200);
    });

    it('leaves the other services alone, and the other instances', async () => {
      const { one, release } = await slow();
      const [other, posts] = [await service(), await service()];
      const gateway = await start({
        QUERY_URLS: `${one.url},${other.url}`,
        POSTS_URLS: posts.url,
        MAX_REQUESTS_PER_INSTANCE: '1',
      });
      await up(gateway, 'query', '2 of 2 instances are up');
      const waiting = [gateway.http.get('/api/posts'), gateway.http.get('/api/posts')];
      await waitFor(() => one.requests.length === 1);
      for (let i = 0; i < 5; i++) expect((await gateway.http.get('/api/posts')).status).toBe(200);
      expect((await gateway.http.post('/api/posts', {})).status).toBe(200);
      expect(one.requests).toHaveLength(1);
      release();
      for (const answer of waiting) expect((await answer).status).toBe(200);
    });

    it('does not come of event streams', async () => {
      const query = await service((request, response) => (request.url === '/events' ? stream : ok)(request, response));
      const gateway = await start({ QUERY_URLS: query.url, MAX_REQUESTS_PER_INSTANCE: '1', MAX_STREAMS: '3' });
      for (let i = 0; i < 3; i++) {
        expect((await answerTo(gateway.open('GET', '/api/events').end())).statusCode).toBe(200);
      }
      expect((await answerTo(gateway.open('GET', '/api/events').end())).statusCode).toBe(503);
      expect((await gateway.http.get('/api/posts')).status).toBe(200);
    });

    it('that says so itself is passed on, and never asked of another: that would be more for it', async () => {
      const [busy, free] = [await service(refuse('overloaded')), await service()];
      const gateway = await start({ QUERY_URLS: `${busy.url},${free.url}` });
      await up(gateway, 'query', '2 of 2 instances are up');
      const answers = [];
      for (let i = 0; i < 10; i++) answers.push(await gateway.http.get<Problem>('/api/posts'));
      const refused = answers.filter(({ status }) => status === 503);
      expect(refused).toHaveLength(5);
      expect(refused[0]!.headers.get('retry-after')).toBe('7');
      expect(free.requests).toHaveLength(5);
    });
  });

  describe('of the gateway', () => {
    it('is answered before any service is asked', async () => {
      const { one, release } = await slow();
      const { http } = await start({ POSTS_URLS: one.url, MAX_REQUESTS: '1' });
      const answer = http.post('/api/posts', {});
      await waitFor(() => one.requests.length === 1);
      const { status, body } = await http.get<Problem>('/api/posts');
      expect([status, body.detail]).toEqual([503, 'There are too many requests now; try again in a moment.']);
      expect((await http.get('/health/live')).status).toBe(200);
      release();
      expect((await answer).status).toBe(200);
    });
  });

  describe('is not what a 503 for another reason tells:', () => {
    it('what can be repeated is asked of another instance, with the body of neither mixed in', async () => {
      const [broken, good] = [await service(refuse('service-unavailable')), await service()];
      const gateway = await start({
        COMMENTS_URLS: `${broken.url},${good.url}`,
        QUERY_URLS: `${broken.url},${good.url}`,
      });
      await up(gateway, 'comments', '2 of 2 instances are up');
      for (let i = 0; i < 10; i++) {
        expect((await gateway.http.get('/api/posts')).body).toEqual({ port: good.port });
        expect((await gateway.http.delete('/api/posts/1/comments/1')).status).toBe(200);
      }
      expect(broken.requests.length).toBeGreaterThan(0);
      expect(good.requests).toHaveLength(20);
    });

    it('once: when the other one cannot either, that is the answer', async () => {
      const all = [1, 2, 3].map(() => service(refuse('service-unavailable')));
      const services = await Promise.all(all);
      const gateway = await start({ QUERY_URLS: services.map(({ url }) => url).join(',') });
      await up(gateway, 'query', '3 of 3 instances are up');
      const { status, headers, body } = await gateway.http.get<Problem>('/api/posts');
      expect([status, headers.get('retry-after')]).toEqual([503, '7']);
      expect(body.type).toBe('urn:parley:problem:service-unavailable');
      expect(services.reduce((sum, { requests }) => sum + requests.length, 0)).toBe(2);
    });

    it('but a write that cannot be repeated is not', async () => {
      const [broken, good] = [await service(refuse('service-unavailable')), await service()];
      const gateway = await start({ POSTS_URLS: `${broken.url},${good.url}` });
      await up(gateway, 'posts', '2 of 2 instances are up');
      const statuses: number[] = [];
      for (let i = 0; i < 4; i++) statuses.push((await gateway.http.post('/api/posts', {})).status);
      expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 503, 503]);
    });

    it('and no more of them than the budget for retries allows', async () => {
      const [broken, good] = [await service(refuse('service-unavailable')), await service()];
      const gateway = await start({ QUERY_URLS: `${broken.url},${good.url}` });
      await up(gateway, 'query', '2 of 2 instances are up');
      const answers = [];
      for (let i = 0; i < 100; i++) answers.push((await gateway.http.get('/api/posts')).status);
      const refused = answers.filter((status) => status === 503).length;
      // Half come to the broken one first; 20 retries were saved up, and one for ten requests comes in.
      expect(refused).toBeGreaterThanOrEqual(18);
      expect(refused).toBeLessThanOrEqual(22);
    });

    it('and the instance is asked at once how it is', async () => {
      const [broken, good] = [await service(), await service()];
      const gateway = await start({ QUERY_URLS: `${broken.url},${good.url}` });
      await up(gateway, 'query', '2 of 2 instances are up');
      broken.health = 503;
      broken.answer = refuse('service-unavailable');
      for (let i = 0; i < 100; i++) expect((await gateway.http.get('/api/posts')).status).toBe(200);
    });
  });
});
