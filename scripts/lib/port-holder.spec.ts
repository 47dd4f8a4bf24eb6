import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findPortHolder, listeningInodes } from './port-holder.mjs';
import { freePorts, isPortFree, requireFreePorts } from './ports.mjs';

const procNetTcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0FA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1576 1 000000007a15cdc5 100 0
   1: 0100007F:0FA0 0100007F:C0B8 01 00000000:00000000 00:00000000 00000000     0        0 41159 1 0000000013cc0f8f 100
   2: 0100007F:0FA1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41160 1 0000000013cc0f90 100
`;

async function listen(host = '127.0.0.1') {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())) };
}

describe('listeningInodes', () => {
  it('finds who listens on a port, not who is connected to it', () => {
    expect(listeningInodes(procNetTcp, 4000)).toEqual(['1576']);
  });

  it('finds nothing for a port nobody listens on', () => {
    expect(listeningInodes(procNetTcp, 49_320)).toEqual([]);
  });
});

describe('findPortHolder', () => {
  it('names the process that listens', async () => {
    await using server = await listen();
    expect(await findPortHolder(server.port)).toMatchObject({ pid: process.pid });
  });

  it('finds nobody on a free port', async () => {
    const [port = 0] = await freePorts(1);
    expect(await findPortHolder(port)).toBeUndefined();
  });
});

describe('isPortFree', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::'])('sees a server on %s', async (host) => {
    await using server = await listen(host);
    expect(await isPortFree(server.port)).toBe(false);
  });
});

it('tells an address that is not of this machine from a port that is taken', async () => {
  await expect(isPortFree(4000, '203.0.113.1')).rejects.toThrow('Cannot listen on 203.0.113.1, port 4000');
});

describe('freePorts', () => {
  it('gives out different free ports below those of outgoing connections', async () => {
    const ports = [...(await freePorts(5)), ...(await freePorts(5))];
    expect(new Set(ports).size).toBe(10);
    expect(Math.max(...ports)).toBeLessThan(32_768);
    expect(await Promise.all(ports.map((port) => isPortFree(port)))).not.toContain(false);
  });
});

describe('requireFreePorts', () => {
  it('says which port is taken, for what it was wanted, and by whom', async () => {
    await using server = await listen();
    const check = requireFreePorts([{ label: 'posts', port: server.port }]);
    await expect(check).rejects.toThrow(`Port ${server.port} (posts) is taken by process ${process.pid}: `);
  });
});
