import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closeConnection, frame, method, readMethods } from './amqp-frames.mjs';
import { probeAmqp } from './amqp-probe.mjs';

const start = frame(method(10, Buffer.from([0, 9, 0, 0, 0, 0])));
const tune = frame(method(30, Buffer.from([0, 0, 0, 2, 0, 0, 0, 60])));
const openOk = frame(method(41, Buffer.from([0])));

const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((cleanUp) => cleanUp()));

/** A server that answers the protocol header with `start`, and each method with what `replies` has for it. */
async function broker(replies: Record<string, Buffer>) {
  return server((socket) => {
    let greeted = false;
    const methods = readMethods({
      onMethod: (id) => void socket.write(replies[id] ?? ''),
      onGarbage: () => socket.end(),
    });
    socket.on('data', (chunk) => {
      if (greeted) return methods(chunk);
      greeted = true;
      expect(chunk.toString('latin1')).toBe('AMQP\0\0\u0009\u0001');
      socket.write(start);
    });
  });
}

async function server(onConnection: (socket: Socket) => void) {
  const listening = createServer((socket) => {
    socket.on('error', () => {});
    cleanUps.push(() => socket.destroy());
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  cleanUps.push(() => listening.close());
  await once(listening, 'listening');
  return `amqp://guest:guest@127.0.0.1:${(listening.address() as AddressInfo).port}/shop`;
}

describe('probeAmqp', () => {
  it('finds a broker that lets us in', async () => {
    const url = await broker({ '10.11': tune, '10.40': openOk, '10.50': frame(method(51)) });
    expect(await probeAmqp(url)).toEqual({ state: 'ok', detail: '' });
  });

  it('tells when the login is refused', async () => {
    const url = await broker({ '10.11': frame(closeConnection()) });
    expect(await probeAmqp(url)).toMatchObject({ state: 'login-refused', detail: 'it refuses the user guest' });
  });

  it('tells when there is no such virtual host', async () => {
    const url = await broker({ '10.11': tune, '10.40': frame(closeConnection()) });
    expect(await probeAmqp(url)).toMatchObject({ state: 'vhost-refused', detail: expect.stringContaining('shop') });
  });

  it.each([
    { what: 'answers in another language', reply: 'HTTP/1.1 400 Bad Request\r\n\r\n' },
    { what: 'hangs up', reply: undefined },
  ])('tells a server apart that $what', async ({ reply }) => {
    const url = await server((socket) => void (reply ? socket.write(reply) : socket.end()));
    expect(await probeAmqp(url)).toMatchObject({ state: 'not-amqp' });
  });

  it('gives up on a server that says nothing', async () => {
    const url = await server(() => {});
    expect(await probeAmqp(url, 50)).toMatchObject({ state: 'not-amqp' });
  });

  it('tells when nobody answers', async () => {
    expect(await probeAmqp('amqp://127.0.0.1:1')).toMatchObject({ state: 'unreachable' });
  });
});
