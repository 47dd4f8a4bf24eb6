import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '#testing';
import { FakeService, ok } from './support/fake-service.js';
import { answerTo, bodyOf, nextPiece, TestGateway } from './support/test-gateway.js';

const KIB = 1024;

describe('forwarding', () => {
  let posts: FakeService;
  let comments: FakeService;
  let query: FakeService;
  let gateway: TestGateway;

  beforeAll(async () => {
    [posts, comments, query] = await Promise.all([FakeService.start(), FakeService.start(), FakeService.start()]);
    gateway = await TestGateway.start({ POSTS_URLS: posts.url, COMMENTS_URLS: comments.url, QUERY_URLS: query.url });
  });
  afterEach(() => {
    for (const service of [posts, comments, query]) {
      service.answer = ok;
      service.requests.length = 0;
    }
  });
  afterAll(() => Promise.all([gateway, posts, comments, query].map((one) => one.stop())));

  it('sends writes to who owns the data and reads to the read model, without the prefix', async () => {
    const { http } = gateway;
    await http.post('/api/posts', { title: 'Hello' });
    await http.delete('/api/posts/1');
    await http.patch('/api/posts/1/comments/2', { content: 'Hi' });
    await http.get('/api/posts?limit=2&cursor=%C3%BC');
    await http.get('/api/posts/1/comments');
    expect(told(posts)).toEqual(['POST /posts', 'DELETE /posts/1']);
    expect(told(comments)).toEqual(['PATCH /posts/1/comments/2']);
    expect(told(query)).toEqual(['GET /posts?limit=2&cursor=%C3%BC', 'GET /posts/1/comments']);
  });

  it('tells the service who asked and how, and nothing that was meant for the gateway', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = {
      connection: 'keep-alive, x-mine',
      'x-mine': 'secret',
      te: 'trailers',
      'x-request-id': 'abc',
      traceparent: trace,
      'x-forwarded-prefix': '/evil',
      'x-forwarded-for': '6.6.6.6',
      accept: 'text/html',
    };
    const answer = await answerTo(gateway.open('GET', '/api/posts', { headers }).end());
    await bodyOf(answer);
    expect(query.requests[0]!.headers).toEqual({
      host: `127.0.0.1:${query.port}`,
      connection: 'keep-alive',
      accept: 'text/html',
      'x-request-id': 'abc',
      traceparent: trace,
      'x-forwarded-prefix': '/api',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${gateway.port}`,
    });
    expect(answer.headers['x-request-id']).toBe('abc');
  });

  it('begins a trace where the client has none', async () => {
    await gateway.http.get('/api/posts');
    expect(query.requests[0]!.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('answers what the service answers, with its own headers where both have one', async () => {
    posts.answer = (_request, response) => {
      const headers = {
        location: '/api/posts/1',
        'x-request-id': 'theirs',
        'access-control-allow-origin': 'https://theirs',
      };
      response.writeHead(201, { ...headers, 'keep-alive': 'timeout=1', 'set-cookie': ['a=1', 'b=2'] }).end('{}');
    };
    const answer = await answerTo(gateway.open('POST', '/api/posts').end());
    expect(await bodyOf(answer)).toBe('{}');
    expect(answer.statusCode).toBe(201);
    const count = (name: string): number => answer.rawHeaders.filter((raw) => raw.toLowerCase() === name).length;
    expect(answer.headers).toMatchObject({
      location: '/api/posts/1',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(answer.headers['x-request-id']).not.toBe('theirs');
    expect([count('access-control-allow-origin'), count('x-request-id'), count('date')]).toEqual([1, 1, 1]);
    expect(answer.headers['keep-alive']).not.toBe('timeout=1');
  });

  it('answers HEAD, 204 and 304 without a body', async () => {
    query.answer = (_request, response) => response.writeHead(200, { 'content-length': '5' }).end();
    const head = await answerTo(gateway.open('HEAD', '/api/posts').end());
    expect([head.statusCode, head.headers['content-length'], await bodyOf(head)]).toEqual([200, '5', '']);
    query.answer = (_request, response) => response.writeHead(304, { etag: '"1"' }).end();
    expect((await answerTo(gateway.open('GET', '/api/posts').end())).statusCode).toBe(304);
    posts.answer = (_request, response) => response.writeHead(204).end();
    expect(await gateway.http.delete('/api/posts/1')).toMatchObject({ status: 204, body: undefined });
  });

  it('hands an answer on as it comes', async () => {
    query.answer = (_request, response) => void response.write('one');
    const answer = await answerTo(gateway.open('GET', '/api/posts').end());
    expect(await nextPiece(answer)).toBe('one');
    answer.destroy();
  });

  it('takes no more of an answer than the client does', async () => {
    const chunk = Buffer.alloc(64 * KIB);
    let written = 0;
    query.answer = (_request, response) => {
      const write = (): void => {
        written += chunk.length;
        response.write(chunk, (error) => error || write());
      };
      write();
    };
    const answer = await answerTo(gateway.open('GET', '/api/posts').end());
    let before = -1;
    const standsStill = (): boolean => written === before || ((before = written), false);
    await waitFor(standsStill, { what: 'the buffers between to be full' });
    expect(written).toBeLessThan(64 * KIB * KIB);
    answer.destroy();
    await waitFor(async () => (await query.connections()) <= 1);
  });

  it('ends what it asked of a service when the client leaves', async () => {
    const complete = new Promise((resolve) => {
      query.answer = (_request, response) => response.once('close', () => resolve(response.writableFinished));
    });
    const request = gateway.open('GET', '/api/posts').end();
    await waitFor(() => query.requests.length > 0);
    request.destroy();
    expect(await complete).toBe(false);
  });
});

const told = ({ requests }: FakeService): string[] => requests.map(({ method, url }) => `${method} ${url}`);
