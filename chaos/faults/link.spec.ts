import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpLink } from './link.mjs';

/** One end of a connection, and all that it was told. */
class End {
  heard = '';
  ending: string | undefined;

  constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => (this.heard += String(bytes)));
    socket.on('end', () => (this.ending ??= 'FIN'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => (this.ending ??= code));
  }
}

describe(TcpLink.name, () => {
  let server: Server;
  let sut: TcpLink;
  const accepted: End[] = [];

  beforeEach(async () => {
    server = createServer((socket) => accepted.push(new End(socket))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    sut = await TcpLink.open({ host: '127.0.0.1', port: (server.address() as { port: number }).port });
  });
  afterEach(async () => {
    await sut.close();
    for (const { socket } of accepted.splice(0)) socket.destroy();
    server.close();
  });

  const connectTo = async (port: number): Promise<End> => {
    const end = new End(connect(port, '127.0.0.1'));
    await once(end.socket, 'connect');
    return end;
  };
  /** A connection through the link that has carried something. */
  const connected = async (): Promise<[End, End]> => {
    const client = await connectTo(sut.port);
    client.socket.write('hello');
    await expect.poll(() => accepted[0]?.heard).toBe('hello');
    return [client, accepted[0]!];
  };

  it('carries both directions, and the end of each', async () => {
    const [client, target] = await connected();
    target.socket.write('welcome');
    await expect.poll(() => client.heard).toBe('welcome');
    client.socket.end('bye');
    await expect.poll(() => [target.heard, target.ending, client.ending]).toEqual(['hellobye', 'FIN', 'FIN']);
  });

  it('passes on that a side was reset, and that nobody listens behind it', async () => {
    const [client, target] = await connected();
    target.socket.resetAndDestroy();
    await expect.poll(() => client.ending).toBe('ECONNRESET');
    server.close();
    const late = new End(connect(sut.port, '127.0.0.1'));
    await expect.poll(() => late.ending).toBe('ECONNRESET');
  });

  describe('cut', () => {
    it('swallows what is said, and tells nobody', async () => {
      const [client, target] = await connected();
      sut.cut();
      client.socket.write('is anybody there?');
      target.socket.write('here I am');
      const late = await connectTo(sut.port);
      late.socket.write('hello?');
      await delay(100);
      target.socket.end();
      await delay(100);
      expect([target.heard, client.heard, late.heard]).toEqual(['hello', '', '']);
      expect([client.ending, late.ending, accepted.length]).toEqual([undefined, undefined, 1]);
    });

    it('resets, when restored, what was open meanwhile, and carries what is opened then', async () => {
      const [client, target] = await connected();
      sut.cut();
      client.socket.write('lost');
      const late = await connectTo(sut.port);
      sut.restore();
      await expect.poll(() => [client.ending, late.ending, target.ending]).toEqual(Array(3).fill('ECONNRESET'));
      const again = await connectTo(sut.port);
      again.socket.write('again');
      await expect.poll(() => accepted[1]?.heard).toBe('again');
    });
  });

  describe('slow', () => {
    it('takes its time, loses nothing, and holds back who sends more', async () => {
      const [client, target] = await connected();
      sut.slow(20_000);
      const since = performance.now();
      client.socket.write('x'.repeat(10_000));
      await expect.poll(() => target.heard.length, { timeout: 5000 }).toBe(10_005);
      expect(performance.now() - since).toBeGreaterThan(550);
      client.socket.write('y'.repeat(20_000_000));
      await delay(300);
      expect(client.socket.writableLength).toBeGreaterThan(0);
      sut.restore();
      await expect.poll(() => target.heard.length, { timeout: 5000 }).toBe(20_010_005);
      expect(client.ending).toBeUndefined();
    });

    it('is as slow for all connections together', async () => {
      const ends = [await connectTo(sut.port), await connectTo(sut.port)];
      await expect.poll(() => accepted.length).toBe(2);
      sut.slow(20_000);
      const since = performance.now();
      for (const { socket } of ends) socket.write('x'.repeat(5000));
      await expect.poll(() => accepted.map(({ heard }) => heard.length), { timeout: 5000 }).toEqual([5000, 5000]);
      expect(performance.now() - since).toBeGreaterThan(550);
    });
  });

  it('resets, when it refuses, what is open and what comes, until it is restored', async () => {
    const [client, target] = await connected();
    sut.refuse();
    await expect.poll(() => [client.ending, target.ending]).toEqual(['ECONNRESET', 'ECONNRESET']);
    const late = new End(connect(sut.port, '127.0.0.1'));
    await expect.poll(() => late.ending).toBe('ECONNRESET');
    sut.restore();
    const again = await connectTo(sut.port);
    again.socket.end('again');
    await expect.poll(() => accepted[1]?.heard).toBe('again');
  });
});
