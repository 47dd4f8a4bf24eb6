import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  DeadLetterDetail,
  DeadLetterGroup,
  DeadLetterSummary,
  type Problem,
  RedriveReport,
  type RedriveResult,
} from '#contracts';
import { EnvironmentError, parseEnv } from '#service';
import { TestBus, TestVhost, waitFor } from '#testing';
import { gatewayEnv } from '../src/env.js';
import { TestGateway } from './support/test-gateway.js';

const TOKEN = 'a-token-that-only-operators-know-1';
const PATH = '/api/operations/dead-letters';

describe(PATH, () => {
  let vhost: TestVhost;
  let bus: TestBus;
  let gateway: TestGateway;

  beforeAll(async () => {
    vhost = await TestVhost.create();
    bus = await TestBus.connect(vhost.url, [50]);
    gateway = await TestGateway.start({ RABBITMQ_URL: vhost.url, OPERATIONS_TOKEN: TOKEN });
  });
  afterAll(async () => {
    await gateway.stop();
    await bus.close();
    await vhost.remove();
  });
  beforeEach(async () => {
    for (const queue of ['moderation', 'moderation.dead', 'comments.dead', 'query.dead']) await vhost.purgeQueue(queue);
  });

  const ask = <T>(method: string, path = '', body?: unknown) =>
    gateway.http.request<T>(method, PATH + path, body, { authorization: `Bearer ${TOKEN}` });
  const bury = async (queue: string, headers: Record<string, unknown> = {}, id: string = randomUUID()) => {
    await vhost.put(queue, {
      payload: '{"secret":"of a user"}',
      properties: {
        message_id: id,
        headers: { 'x-parley-reason': 'permanent', 'x-parley-exchange': 'comment.created', ...headers },
      },
    });
    return id;
  };
  const count = async (queue: string) => (await vhost.peek(queue)).length;

  it('tells how many there are of each kind, and each of them', async () => {
    await bury('moderation.dead');
    await bury('moderation.dead', { 'x-parley-reason': 'transient', 'x-parley-error': 'Error: no' });
    await bury('query.dead');
    const groups = await ask<unknown[]>('GET', '/groups');
    expect(groups.status).toBe(200);
    expect(groups.headers.get('cache-control')).toBe('no-store');
    expect(groups.body.map((each) => DeadLetterGroup.parse(each))).toHaveLength(3);
    const { body } = await ask<unknown[]>('GET', '?service=moderation&reason=transient');
    expect(body.map((each) => DeadLetterSummary.parse(each))).toMatchObject([{ error: 'Error: no' }]);
    expect((await ask<unknown[]>('GET', '?limit=2')).body).toHaveLength(2);
  });

  it('tells the whole story of one, by its own id or its messageId', async () => {
    const messageId = await bury('moderation.dead');
    const { body } = await ask<DeadLetterDetail>('GET', `/${messageId}`);
    expect(DeadLetterDetail.parse(body)).toMatchObject({ body: { content: '{\n  "secret": "of a user"\n}' } });
    expect((await ask('GET', `/${body.id}?service=moderation`)).body).toEqual(body);
    expect(await ask('GET', `/${body.id}?service=comments`)).toMatchObject({ status: 404 });
  });

  it('asks which one is meant where several have the same id', async () => {
    await bury('moderation.dead', {}, 'same');
    await bury('comments.dead', {}, 'same');
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await ask<Problem>(method, '/same');
      expect(status).toBe(409);
      expect(body.detail).toMatch(/\(comments\).*\(moderation\)/);
    }
    expect(await ask('DELETE', '/same?service=comments')).toMatchObject({ status: 200, body: { service: 'comments' } });
    expect([await count('comments.dead'), await count('moderation.dead')]).toEqual([0, 1]);
  });

  it('redrives those that are meant', async () => {
    await bury('moderation.dead', { 'x-parley-reason': 'transient' });
    const messageId = await bury('moderation.dead');
    const body = { service: 'moderation', reason: 'permanent' };
    const dry = await ask<RedriveReport>('POST', '/redrive', { ...body, dryRun: true });
    expect(RedriveReport.parse(dry.body)).toMatchObject({ results: [{ messageId, outcome: 'would-redrive' }] });
    expect(await count('moderation')).toBe(0);
    const redriven = await ask<RedriveReport>('POST', '/redrive', body);
    expect(redriven).toMatchObject({ status: 200, body: { results: [{ messageId, outcome: 'redriven' }] } });
    expect(await vhost.peek('moderation')).toMatchObject([{ properties: { message_id: messageId } }]);
    expect(await count('moderation.dead')).toBe(1);
  });

  it('redrives all only when that is said, and no more than the limit', async () => {
    for (let i = 0; i < 3; i++) await bury('moderation.dead');
    for (const body of [{}, { dryRun: true }]) {
      const { status, body: problem } = await ask<Problem>('POST', '/redrive', body);
      expect(status).toBe(400);
      expect(problem.detail).toContain('must say which ones');
    }
    const { body } = await ask<{ results: RedriveResult[] }>('POST', '/redrive', { all: true, limit: 2 });
    expect(body.results).toHaveLength(2);
    expect(await count('moderation.dead')).toBe(1);
  });

  it.each([
    ['GET', '?service=posts', undefined],
    ['GET', '?limit=0', undefined],
    ['GET', '/groups?colour=red', undefined],
    ['POST', '/redrive', { service: 'nobody' }],
    ['POST', '/redrive', '{"service":'],
    ['DELETE', '/x?type=comment.created', undefined],
  ])('says what is wrong with %s %s %j', async (method, path, body) => {
    const answer = await ask<Problem>(method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('answers 404 for what is not there', async () => {
    expect(await ask('DELETE', '/nothing')).toMatchObject({
      status: 404,
      body: { type: 'urn:parley:problem:not-found' },
    });
    expect(await ask('PUT')).toMatchObject({ status: 404, body: { type: 'urn:parley:problem:unknown-path' } });
  });

  describe('lets in operators only', () => {
    it.each([
      ['no token', {}],
      ['another token', { authorization: 'Bearer a-token-that-only-operators-know-2' }],
      ['a part of it', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
      ['more than it', { authorization: `Bearer ${TOKEN}1` }],
      ['an empty one', { authorization: 'Bearer ' }],
      ['another scheme', { authorization: `Basic ${TOKEN}` }],
      ['the token in the query', {}, `?token=${TOKEN}`],
    ])('not with %s', async (_, headers: Record<string, string>, query = '') => {
      const messageId = await bury('moderation.dead');
      const asked: [string, string, unknown?][] = [
        ['GET', `${PATH}${query}`],
        ['GET', `${PATH}/groups`],
        ['GET', `${PATH}/${messageId}`],
        ['DELETE', `${PATH}/${messageId}`],
        ['POST', `${PATH}/redrive`, { all: true }],
      ];
      for (const [method, path, body] of asked) {
        const answer = await gateway.http.request<Problem>(method, path, body, headers);
        expect(answer).toMatchObject({ status: 401, body: { type: 'urn:parley:problem:unauthorized' } });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        expect(JSON.stringify(answer.body)).not.toContain('of a user');
      }
      expect(await count('moderation.dead')).toBe(1);
    });

    it('is not there at all without a token', async () => {
      const without = await TestGateway.start({ RABBITMQ_URL: vhost.url });
      try {
        const unknown = { status: 404, body: { type: 'urn:parley:problem:unknown-path' } };
        const authorization = { authorization: `Bearer ${TOKEN}` };
        expect(await without.http.get(PATH, authorization)).toMatchObject(unknown);
        expect(await without.http.get(`${PATH}/groups`)).toMatchObject(unknown);
        expect(await without.http.post(`${PATH}/redrive`, { all: true }, authorization)).toMatchObject(unknown);
      } finally {
        await without.stop();
      }
    });

    it.each(['short', 'x'.repeat(31), `with a space ${'x'.repeat(32)}`])(
      'with a token that is hard to guess: %s',
      (token) => {
        const parse = () => parseEnv(gatewayEnv, { OPERATIONS_TOKEN: token });
        expect(parse).toThrow(EnvironmentError);
        expect(parse).toThrow(/OPERATIONS_TOKEN: must be at least 32/);
        expect(parse).not.toThrow(token === 'short' ? /short/ : token);
      },
    );
  });

  it('says that it cannot reach RabbitMQ', async () => {
    const alone = await TestGateway.start({ OPERATIONS_TOKEN: TOKEN });
    try {
      const answer = await waitFor(() => alone.http.get<Problem>(PATH, { authorization: `Bearer ${TOKEN}` }));
      expect(answer).toMatchObject({ status: 503, body: { detail: expect.stringContaining('ECONNREFUSED') } });
      expect(answer.headers.get('retry-after')).toBe('1');
    } finally {
      await alone.stop();
    }
  });
});
