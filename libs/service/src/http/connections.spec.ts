import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCertificate } from '#testing';
import { readTls } from '../tls.js';
import { Connections } from './connections.js';

describe(Connections.name, () => {
  const agent = new Agent({ keepAlive: true });
  let server: FastifyInstance;
  let sut: Connections;
  let port: number;
  let answer: () => void;
  let asked: Promise<void>;
  let stopping: Promise<void>;

  beforeEach(async () => {
    server = fastify();
    sut = new Connections(server);
    asked = new Promise<void>((begun) => {
      server.get('/slow', async () => {
        const answered = new Promise<void>((resolve) => (answer = resolve));
        begun();
        await answered;
        return 'done';
      });
    });
    stopping = new Promise<void>((resolve) => {
      server.addHook('preClose', (done) => {
        resolve();
        done();
      });
    });
    server.get('/', () => 'ok');
    server.get('/raw', (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/plain' }).end('raw');
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    port = (server.server.address() as { port: number }).port;
  });
  afterEach(() => agent.destroy());

  const request = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, agent }, (response) => {
        response.resume();
        response.on('end', () => resolve(response));
      }).on('error', reject);
    });

  it('leaves connections alone while the server runs', async () => {
    expect((await request('/')).headers.connection).toBe('keep-alive');
    await server.close();
  });

  it('ends a connection on which nothing was ever asked', async () => {
    const socket = connect(port, '127.0.0.1');
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    await request('/');
    await server.close();
    await closed;
  });

  it('finishes a request in flight, and ends its connection with the answer', async () => {
    const response = request('/slow');
    await asked;
    const closed = server.close();
    await stopping;
    answer();
    expect((await response).statusCode).toBe(200);
    expect((await response).headers.connection).toBe('close');
    await closed;
  });

  it('ends a connection with its answer while the server still runs, even if it was asked before', async () => {
    const response = request('/slow');
    await asked;
    expect(sut.ending.aborted).toBe(false);
    sut.endWithAnswers();
    expect(sut.ending.aborted).toBe(true);
    answer();
    expect((await response).headers.connection).toBe('close');
    expect((await request('/')).headers.connection).toBe('close');
    await server.close();
  });

  it('leaves idle connections alone while the server still runs: a request may be on its way', async () => {
    await request('/');
    const [idle] = Object.values(agent.freeSockets).flat();
    sut.endWithAnswers();
    const fresh = await new Promise<IncomingMessage>((resolve) => get({ port, host: '127.0.0.1', path: '/' }, resolve));
    fresh.resume();
    await once(fresh, 'close');
    expect((await request('/')).headers.connection).toBe('close');
    expect(idle?.bytesWritten).toBeGreaterThan(100);
    await server.close();
  });

  it('tells it as well to whom a handler answers by itself', async () => {
    sut.endWithAnswers();
    expect((await request('/raw')).headers.connection).toBe('close');
    await server.close();
  });
});

describe(`${Connections.name} of HTTPS`, () => {
  it('cuts those on which nothing was asked, and no other', async () => {
    const certificate = await TestCertificate.create('IP:127.0.0.1');
    const server = fastify({ https: readTls(certificate.env)! });
    const sut = new Connections(server);
    let answer = (): void => undefined;
    const asked = new Promise<void>((begun) => {
      server.get('/slow', async () => {
        const answered = new Promise<void>((resolve) => (answer = resolve));
        begun();
        await answered;
        return 'done';
      });
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as { port: number };
    const target = { port, host: '127.0.0.1', ca: certificate.cert };
    const [unused, unencrypted] = [connectTls(target), connect(port, '127.0.0.1')];
    await Promise.all([once(unused, 'secureConnect'), once(unencrypted, 'connect')]);
    const response = once(getTls({ ...target, path: '/slow' }), 'response') as Promise<[IncomingMessage]>;
    await asked;
    const closed = [once(unused, 'close'), once(unencrypted, 'close'), server.close()];
    sut.endWithAnswers();
    setImmediate(() => answer());
    const [{ statusCode, headers }] = await response;
    expect([statusCode, headers.connection]).toEqual([200, 'close']);
    await Promise.all(closed);
    await certificate.remove();
  });
});
