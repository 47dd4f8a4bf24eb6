import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppName } from '#contracts';
import { TestVhost, waitFor } from '#testing';
import { RealProcess } from './real-process.js';

interface Readiness {
  checks: Record<string, { detail: string }>;
}

/** Copies that nobody was told of, as real processes on real sockets. */
describe('copies', { timeout: 120_000 }, () => {
  let vhost: TestVhost;
  let folder: string;
  let gateway: RealProcess;
  let posts: RealProcess[];
  let query: RealProcess[];
  const running: RealProcess[] = [];

  const start = async (name: AppName): Promise<RealProcess> => {
    const DATABASE_URL = `sqlite:${join(folder, `${name}-${running.length}.db`)}`;
    const process = await RealProcess.start(name, { RABBITMQ_URL: vhost.url, DATABASE_URL });
    running.push(process);
    return process;
  };
  const instances = (name: string, detail: string): Promise<boolean> =>
    waitFor(async () => (await gateway.http.get<Readiness>('/health/ready')).body.checks[name]?.detail === detail, {
      what: `the gateway to say of ${name}: ${detail}`,
    });

  /** Asks all the time while `disturb` goes on. @returns what was answered other than `expected`, and how many were */
  const under = async (load: () => Promise<number>, expected: number, disturb: () => Promise<void>) => {
    const wrong: unknown[] = [];
    let answered = 0;
    const stop = new AbortController();
    const client = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const status = await load().catch((error: unknown) => error);
        if (status === expected) answered += 1;
        else wrong.push(status);
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    const more = async (): Promise<void> => {
      const before = answered;
      await waitFor(() => answered >= before + 100, { what: 'answers' });
    };
    try {
      await more();
      await disturb();
      await more();
    } finally {
      stop.abort();
      await clients;
    }
    return wrong;
  };
  const write = async () => (await gateway.http.post('/api/posts', { title: 'A post' })).status;
  const read = async () => (await gateway.http.get('/api/posts')).status;

  beforeAll(async () => {
    vhost = await TestVhost.create();
    folder = await mkdtemp(join(tmpdir(), 'parley-copies-'));
    posts = [await start('posts'), await start('posts')];
    query = [await start('query'), await start('query')];
    gateway = await start('gateway');
    await instances('posts', '2 of 2 instances are up');
    await instances('query', '2 of 2 instances are up');
  }, 120_000);
  afterAll(async () => {
    await Promise.all(running.map((process) => process.end('SIGINT')));
    await vhost.remove();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('get traffic from when they are started until they are stopped, and no write fails by that', async () => {
    const wrong = await under(write, 201, async () => {
      expect(await posts[0]!.end('SIGTERM')).toBe(0);
      await instances('posts', '1 of 1 instances are up');
      await posts[0]!.start();
      await instances('posts', '2 of 2 instances are up');
    });
    expect(wrong).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('fail no read when they end by %s', async (signal) => {
    const wrong = await under(read, 200, async () => {
      await query[0]!.end(signal);
      await query[0]!.start();
      await instances('query', '2 of 2 instances are up');
    });
    expect(wrong).toEqual([]);
  });

  it('of the gateway say that they stop before they do, and still answer meanwhile', async () => {
    const copy = await start('gateway');
    await waitFor(async () => (await copy.http.get('/api/posts')).status === 200);
    const ended = copy.end('SIGTERM');
    const said = await waitFor(async () => {
      const answer = await copy.http.get<{ status: string }>('/health/ready');
      return answer.status === 503 && answer;
    });
    expect([said.body.status, said.headers.get('connection')]).toEqual(['not-ready', 'close']);
    const { status, headers } = await copy.http.post('/api/posts', { title: 'A late post' });
    expect([status, headers.get('connection')]).toEqual([201, 'close']);
    expect(await ended).toBe(0);
  });
});
