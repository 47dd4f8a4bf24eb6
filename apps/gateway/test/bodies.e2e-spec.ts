import { once } from 'node:events';
import { Agent, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '#contracts';
import { waitFor } from '#testing';
import { FakeService, ok } from './support/fake-service.js';
import { answerTo, bodyOf, nextPiece, TestGateway } from './support/test-gateway.js';

const KIB = 1024;

describe('bodies', () => {
  let posts: FakeService;
  let gateway: TestGateway;

  beforeAll(async () => {
    posts = await FakeService.start();
    gateway = await TestGateway.start({ POSTS_URLS: posts.url, QUERY_URLS: posts.url });
  });
  beforeEach(() => {
    posts.answer = ok;
    posts.requests.length = 0;
  });
  afterAll(() => Promise.all([gateway.stop(), posts.stop()]));

  it('hands a body on as it comes, of any type', async () => {
    let received: IncomingMessage | undefined;
    posts.answer = (request) => (received = request);
    const request = gateway.open('POST', '/api/posts', { headers: { 'content-type': 'text/weird' } });
    request.write('not {');
    const first = await waitFor(() => received);
    expect(await nextPiece(first)).toBe('not {');
    request.end(' JSON');
    expect(await nextPiece(first)).toBe(' JSON');
    expect(first.headers).toMatchObject({ 'content-type': 'text/weird', 'transfer-encoding': 'chunked' });
    request.destroy();
  });

  it('refuses a body that says it is too large, without asking the service', async () => {
    const { status, body } = await gateway.http.post<Problem>('/api/posts', 'x'.repeat(64 * KIB + 1));
    expect([status, body.type]).toEqual([413, 'urn:parley:problem:body-too-large']);
    expect(posts.requests).toEqual([]);
    expect((await gateway.http.post('/api/posts', 'x'.repeat(64 * KIB))).status).toBe(200);
  });

  it('stops a body that turns out to be too large', async () => {
    const aborted = new Promise((resolve) => {
      posts.answer = (request) => request.resume().once('close', () => resolve(request.complete));
    });
    const request = gateway.open('POST', '/api/posts');
    const answer = answerTo(request);
    for (let i = 0; i < 5; i++) request.write(Buffer.alloc(16 * KIB));
    const { statusCode, headers } = await answer;
    expect([statusCode, headers.connection]).toEqual([413, 'close']);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(await aborted).toBe(false);
  });

  it('goes on with a connection after an answer that did not wait for the body', async () => {
    posts.answer = (_request, response) => response.writeHead(400).end('no');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const request = gateway.open('POST', '/api/posts', { agent });
    request.write(Buffer.alloc(10 * KIB));
    const answer = await answerTo(request);
    expect(answer.statusCode).toBe(400);
    for (let i = 0; i < 1000; i++) request.write(Buffer.alloc(10 * KIB));
    request.end();
    expect(await bodyOf(answer)).toBe('no');
    posts.answer = ok;
    const next = await answerTo(gateway.open('GET', '/api/posts', { agent }).end());
    expect(next.statusCode).toBe(200);
    next.resume();
    await once(next, 'end');
    agent.destroy();
  });
});
