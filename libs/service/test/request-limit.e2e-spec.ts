import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, Logger, Module, Post, Res } from '@nestjs/common';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Problem } from '#contracts';
import {
  type AppDefinition,
  appEnv,
  configureApp,
  countedAsStream,
  HttpAdapter,
  nestOptions,
  parseEnv,
  rootModule,
} from '#service';
import { freePort, HttpClient, waitFor } from '#testing';

/** Whoever waits at the gate is under way until it is opened. */
const gate = new EventEmitter().setMaxListeners(100);
let waiting = 0;
let closed = 0;

@Controller('things')
class ThingsController {
  @Get()
  async slow(@Res({ passthrough: true }) { raw }: FastifyReply): Promise<{ ok: true }> {
    waiting += 1;
    raw.once('close', () => (closed += 1));
    await once(gate, 'open');
    waiting -= 1;
    return { ok: true };
  }

  @Post()
  quick(): { ok: true } {
    return { ok: true };
  }

  @Get('stream')
  @RouteConfig(countedAsStream)
  stream(@Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200).write('hello');
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const definition: AppDefinition = { name: 'posts', env: appEnv('posts'), module: () => ({ module: ThingsModule }) };

describe('limits on requests', () => {
  let app: NestFastifyApplication;
  let http: HttpClient;
  let port: number;
  const streams: AbortController[] = [];

  beforeAll(async () => {
    port = await freePort();
    const env = parseEnv(definition.env, {
      PORT: String(port),
      LOG_LEVEL: 'silent',
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
      MAX_REQUESTS: '3',
      MAX_STREAMS: '1',
      MAX_CONNECTIONS: '20',
    });
    const module = await Test.createTestingModule({ imports: [rootModule(definition, env)] }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new HttpAdapter(), nestOptions);
    await configureApp(app, definition, env);
    await app.listen(port, '127.0.0.1');
    http = new HttpClient(`http://127.0.0.1:${port}`);
  });
  afterEach(async () => {
    await waitFor(() => gate.emit('open') || waiting === 0);
    for (const stream of streams.splice(0)) stream.abort();
  });
  afterAll(() => app.close());

  const fill = async () => {
    const answers = Array.from({ length: 3 }, () => http.get('/things'));
    await waitFor(() => waiting === 3);
    return answers;
  };
  const openStream = (): Promise<Response> => {
    const stream = new AbortController();
    streams.push(stream);
    return fetch(`http://127.0.0.1:${port}/things/stream`, { signal: stream.signal });
  };

  it('refuses what is too much at once, before anything is done for it, and takes more when there is room', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    const answers = await fill();
    const { status, headers, body } = await http.post<Problem>('/things', { text: 'x'.repeat(10_000) });
    expect([status, body.type, body.detail]).toEqual([
      503,
      'urn:parley:problem:overloaded',
      'There are too many requests now; try again in a moment.',
    ]);
    expect(headers.get('retry-after')).toMatch(/^[123]$/);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('content-type')).toContain('application/problem+json');
    for (let i = 0; i < 20; i++) expect((await http.post('/things', {})).status).toBe(503);
    expect(warn.mock.calls.filter(([text]) => String(text).startsWith('refused'))).toEqual([
      ['refused 1 requests: 3 requests are under way, as many as MAX_REQUESTS allows'],
    ]);
    gate.emit('open');
    for (const answer of answers) expect((await answer).status).toBe(200);
    await waitFor(async () => (await http.post('/things', {})).status === 201);
  });

  it('answers health checks all the same', async () => {
    const answers = await fill();
    expect((await http.get('/health/live')).status).toBe(200);
    expect((await http.get('/health/ready')).status).toBe(200);
    gate.emit('open');
    await Promise.all(answers);
  });

  it('has no room when clients break off, before what they asked for is over', async () => {
    const client = new AbortController();
    const broken = [1, 2, 3].map(() => fetch(`http://127.0.0.1:${port}/things`, { signal: client.signal }));
    await waitFor(() => waiting === 3);
    closed = 0;
    client.abort();
    await Promise.allSettled(broken);
    await waitFor(() => closed === 3);
    expect((await http.post('/things', {})).status).toBe(503);
    gate.emit('open');
    await waitFor(async () => (await http.post('/things', {})).status === 201);
  });

  it('counts event streams apart', async () => {
    expect((await openStream()).status).toBe(200);
    expect((await openStream()).status).toBe(503);
    expect((await http.post('/things', {})).status).toBe(201);
    streams[0]!.abort();
    await waitFor(async () => (await openStream()).status === 200);
  });

  it('closes the connections that are too many', async () => {
    const sockets = Array.from({ length: 40 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    closed = 0;
    for (const socket of sockets) socket.once('close', () => (closed += 1));
    await waitFor(() => closed >= 20);
    expect(sockets.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
    await waitFor(() => http.get('/health/live').then(({ status }) => status === 200));
  });
});
