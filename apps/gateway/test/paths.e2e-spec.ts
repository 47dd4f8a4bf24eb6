import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '#contracts';
import { FakeService } from './support/fake-service.js';
import { answerTo, bodyOf, TestGateway } from './support/test-gateway.js';

describe('paths', () => {
  let service: FakeService;
  let gateway: TestGateway;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-client-'));
    service = await FakeService.start();
    const { url } = service;
    gateway = await TestGateway.start({ POSTS_URLS: url, COMMENTS_URLS: url, QUERY_URLS: url, CLIENT_DIR: folder });
  });
  afterAll(async () => {
    await gateway.stop();
    await service.stop();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['GET', '/api'],
    ['GET', '/api/moderation/comments'],
    ['POST', '/api/events'],
    ['PUT', '/api/posts'],
    ['GET', '/api/posts/1/likes'],
    ['GET', '/%61pi/posts'],
    ['GET', '/nothing'],
    ['GET', '/assets/nothing.js'],
    ['GET', '/../package.json'],
    ['GET', '//api/posts'],
    ['POST', '/'],
  ])('does not know %s %s', async (method, path) => {
    const answer = await answerTo(gateway.open(method, path).end());
    const problem = JSON.parse(await bodyOf(answer)) as Problem;
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problem).toMatchObject({
      type: 'urn:parley:problem:unknown-path',
      status: 404,
      detail: `${method} ${path} is not served here.`,
      requestId: answer.headers['x-request-id'],
    });
    expect(service.requests).toEqual([]);
  });

  it('lets browsers call from other origins', async () => {
    const headers = { origin: 'https://example.org', 'access-control-request-method': 'PATCH' };
    const answer = await answerTo(gateway.open('OPTIONS', '/api/posts/1', { headers }).end());
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH');
    expect(service.requests).toEqual([]);
  });

  it('says what to do while the web client is not built, and serves it as soon as it is', async () => {
    const { status, body } = await gateway.http.get<Problem>('/');
    expect([status, body.detail]).toEqual([404, expect.stringContaining('npm run build')]);
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
    await writeFile(join(folder, 'assets', 'index-1a2b.js'), 'export {}');

    const index = await gateway.http.get('/');
    expect([index.status, index.body]).toEqual([200, '<!doctype html>']);
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(index.headers.get('cache-control')).toBe('no-cache');
    const asset = await gateway.http.get('/assets/index-1a2b.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const head = await gateway.http.request('HEAD', '/');
    expect([head.status, head.body]).toEqual([200, undefined]);
  });

  it('lets the web client load nothing from elsewhere, and works over plain HTTP', async () => {
    const { headers } = await gateway.http.get('/');
    const policy = "default-src 'self';img-src 'self' data:;style-src 'self';script-src 'self';connect-src 'self'";
    expect(headers.get('content-security-policy')).toBe(policy);
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
