import { Body, Controller, Get, Module, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Id, PageQuery, type Problem } from '#contracts';
import {
  type AppDefinition,
  type AppEnv,
  appEnv,
  BODY_LIMIT,
  configureApp,
  HttpAdapter,
  nestOptions,
  page,
  parseEnv,
  publicPath,
  rootModule,
} from '#service';

const Thing = z.strictObject({ 'a/b': z.object({ n: z.number() }).optional(), name: z.string() });

@Controller('things')
class ThingsController {
  @Get()
  list(
    @Query({ schema: PageQuery }) { limit }: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): { key: string }[] {
    return page([{ key: 'a' }, { key: 'b' }, { key: 'c' }], limit, ({ key }) => key, request, reply);
  }

  @Post()
  create(@Body({ schema: Thing }) thing: z.infer<typeof Thing>): unknown {
    return thing;
  }

  @Get('broken')
  broken(): never {
    throw new Error('the password is 1234');
  }

  @Get('where')
  where(@Req() request: FastifyRequest): { path: string } {
    return { path: publicPath(request) };
  }

  @Get(':thingId')
  get(@Param('thingId', { schema: Id }) id: string): unknown {
    return { id };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const definition: AppDefinition = { name: 'posts', env: appEnv('posts'), module: () => ({ module: ThingsModule }) };

describe('errors over HTTP', () => {
  let app: NestFastifyApplication;
  type Request = Exclude<Parameters<NestFastifyApplication['inject']>[0], string>;
  const call = async (request: Request) => {
    const response = await app.inject(request);
    return { status: response.statusCode, headers: response.headers, problem: response.json<Problem>() };
  };
  const json = { 'content-type': 'application/json' };
  const post = (payload: string, headers: Record<string, string> = json) =>
    call({ method: 'POST', url: '/things', payload, headers });

  beforeAll(async () => {
    const env: AppEnv = parseEnv(definition.env, { LOG_LEVEL: 'silent' });
    const module = await Test.createTestingModule({ imports: [rootModule(definition, env)] }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new HttpAdapter(), nestOptions);
    await configureApp(app, definition, env);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  it.each<[string, () => ReturnType<typeof call>, number, string]>([
    ['broken JSON', () => post('{"name'), 400, 'invalid-json'],
    ['an empty body', () => post(''), 400, 'invalid-json'],
    ['a body that is too large', () => post(JSON.stringify('x'.repeat(BODY_LIMIT))), 413, 'body-too-large'],
    [
      'form data',
      () => post('name=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported-media-type',
    ],
    ['plain text', () => post('x', { 'content-type': 'text/plain' }), 415, 'unsupported-media-type'],
    ['an unknown path', () => call({ method: 'GET', url: '/nothing' }), 404, 'unknown-path'],
    ['an unknown method', () => call({ method: 'PUT', url: '/things' }), 404, 'unknown-path'],
    ['a path that is no URL', () => call({ method: 'GET', url: '/%zz' }), 400, 'bad-request'],
    ['an id of another form', () => call({ method: 'GET', url: '/things/1' }), 400, 'validation-failed'],
    ['an unknown query parameter', () => call({ method: 'GET', url: '/things?sort=up' }), 400, 'validation-failed'],
  ])('answers %s as a problem', async (_, request, status, code) => {
    const answer = await request();
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.problem).toMatchObject({ type: `urn:parley:problem:${code}`, status });
    expect(answer.problem.detail).toMatch(/\.$/);
    expect(answer.problem.requestId).toBe(answer.headers['x-request-id']);
  });

  it('says of each place in the input what is wrong with it', async () => {
    const { problem } = await post('{"a/b":{"n":"x"},"other":1}');
    expect(problem.errors).toEqual([
      { in: 'body', pointer: '/a~1b/n', detail: expect.any(String) as string },
      { in: 'body', pointer: '/name', detail: expect.any(String) as string },
      { in: 'body', pointer: '', detail: expect.stringContaining('other') as string },
    ]);
  });

  it('does not give away what went wrong inside', async () => {
    const { status, problem } = await call({ method: 'GET', url: '/things/broken' });
    expect(status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain('1234');
  });

  it("keeps the caller's request id where it is fit for logs", async () => {
    const ask = async (id: string) =>
      (await app.inject({ method: 'GET', url: '/things', headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await ask('abc-1')).toBe('abc-1');
    expect(await ask('a b\tc')).not.toBe('a b\tc');
  });

  it('links to the next page as the client knows the path, with the rest of the query', async () => {
    const headers = { 'x-forwarded-prefix': '/api' };
    const first = await app.inject({ method: 'GET', url: '/things?limit=2', headers });
    expect(first.headers['link']).toBe('</api/things?limit=2&cursor=b>; rel="next"');
    const whole = await app.inject({ method: 'GET', url: '/things?limit=3' });
    expect(whole.headers['link']).toBeUndefined();
  });

  it.each([
    ['/api', '/api/things/where'],
    ['//evil.example', '/things/where'],
    ['/a"b', '/things/where'],
  ])('takes %s for a prefix only if it is one', async (prefix, path) => {
    const { payload } = await app.inject({
      method: 'GET',
      url: '/things/where',
      headers: { 'x-forwarded-prefix': prefix },
    });
    expect(JSON.parse(payload)).toEqual({ path });
  });
});
