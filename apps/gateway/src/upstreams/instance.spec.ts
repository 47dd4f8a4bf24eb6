import { EventEmitter, once } from 'node:events';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Instance, type Message } from './instance.js';

type Check = { statusCode: number; body: { dump: () => Promise<void> } };

const pool = vi.hoisted(() => ({
  request: vi.fn<() => Promise<Check>>(),
  dispatch: vi.fn<(message: Message, handler: object) => void>(),
  close: vi.fn<() => Promise<void>>(),
  destroy: vi.fn<() => Promise<void>>(),
}));
vi.mock('undici', () => ({
  Pool: class {
    constructor() {
      return pool;
    }
  },
}));

const check = (statusCode: number): Check => ({ statusCode, body: { dump: () => Promise.resolve() } });
/** What health checks are answered. */
const says = (statusCode: number): unknown => pool.request.mockResolvedValue(check(statusCode));

describe(Instance.name, () => {
  let sut: Instance;

  beforeEach(async () => {
    vi.useFakeTimers();
    Logger.overrideLogger(false);
    says(200);
    sut = new Instance('http://10.0.0.1:4000', 'http://posts:4000', 2);
    await vi.advanceTimersByTimeAsync(0);
  });
  afterEach(async () => {
    await sut.destroy();
    vi.useRealTimers();
    vi.clearAllMocks();
  });

  it('is not up before its first health check says so', async () => {
    const answer = new EventEmitter();
    pool.request.mockImplementationOnce(async () => {
      await once(answer, 'sent');
      return check(200);
    });
    const fresh = new Instance('http://10.0.0.2:4000', 'http://posts:4000', 2);
    await vi.advanceTimersByTimeAsync(0);
    fresh.answered();
    expect(fresh.up).toBe(false);
    answer.emit('sent');
    await vi.advanceTimersByTimeAsync(0);
    expect(fresh.up).toBe(true);
    await fresh.destroy();
  });

  it('gets nothing from when it leaves until it says that it is back', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    await vi.advanceTimersByTimeAsync(10_000);
    warn.mockClear();
    sut.leaves();
    expect(sut.up).toBe(false);
    pool.request.mockRejectedValue(new Error('connect ECONNREFUSED'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([sut.up, sut.unreachable]).toEqual([false, true]);
    expect(warn).not.toHaveBeenCalled();
    says(200);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sut.up).toBe(true);
  });

  it('is at its address and at what it was found by', () => {
    expect(['http://10.0.0.1:4000', 'http://posts:4000', 'http://10.0.0.1:4001'].map((url) => sut.isAt(url))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('asks for its health every second', async () => {
    says(503);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sut.up).toBe(false);
    says(200);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sut.up).toBe(true);
    pool.request.mockRejectedValue(new Error('connect ECONNREFUSED'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sut.up).toBe(false);
    expect(pool.request).toHaveBeenCalledTimes(4);
  });

  it('is down from a failed connection until the next check', async () => {
    sut.failed(new Error('reset'));
    expect(sut.up).toBe(false);
    await vi.advanceTimersByTimeAsync(99);
    expect(sut.up).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(sut.up).toBe(true);
  });

  it('stays down the longer the more often its connections fail without an answer in between', async () => {
    const pauses: number[] = [];
    for (let i = 0; i < 9; i++) {
      const before = Date.now();
      sut.failed(new Error('reset'));
      sut.failed(new Error('another one at the same time'));
      while (!sut.up) await vi.advanceTimersToNextTimerAsync();
      pauses.push(Date.now() - before);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
    sut.answered();
    sut.failed(new Error('reset'));
    await vi.advanceTimersByTimeAsync(100);
    expect(sut.up).toBe(true);
  });

  it('is up at once when it answers a request, unless it says itself that it is not ready', async () => {
    sut.failed(new Error('reset'));
    sut.answered();
    expect(sut.up).toBe(true);
    says(503);
    await vi.advanceTimersByTimeAsync(1_000);
    sut.answered();
    expect(sut.up).toBe(false);
  });

  it('does not believe a check that began before a connection failed', async () => {
    const answer = new EventEmitter();
    pool.request.mockImplementationOnce(async () => {
      await once(answer, 'sent');
      return check(200);
    });
    await vi.advanceTimersByTimeAsync(1_000);
    sut.failed(new Error('reset'));
    answer.emit('sent');
    await vi.advanceTimersByTimeAsync(0);
    expect(sut.up).toBe(false);
  });

  it('stays up when a health check gets no answer in time, but requests do: it is busy, and not dead', async () => {
    const silence = Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    pool.request.mockImplementationOnce(async () => {
      sut.answered();
      throw silence;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sut.up).toBe(true);
    pool.request.mockRejectedValueOnce(silence);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([sut.up, sut.unreachable]).toEqual([false, true]);
  });

  it('is asked at once how it is when it refuses requests, but not for each of them', async () => {
    await vi.advanceTimersByTimeAsync(500);
    pool.request.mockClear();
    says(503);
    for (let i = 0; i < 10; i++) {
      sut.refused();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(pool.request).toHaveBeenCalledOnce();
    expect(sut.up).toBe(false);
  });

  it('is full with as many requests as it may be sent, whose end is awaited; event streams do not count', async () => {
    const message = { method: 'GET', path: '/posts', headers: {}, body: null };
    const answers = [1, 2, 3].map(() => new EventEmitter());
    const exchanges = answers.map((answer, i) =>
      sut.exchange({ ...message, ...(i === 0 && { bodyTimeout: 0 }) }, { outcome: once(answer, 'end') }),
    );
    expect([sut.full, sut.outstanding]).toEqual([true, 3]);
    answers[1]!.emit('end');
    await exchanges[1];
    expect(sut.full).toBe(false);
    for (const answer of answers) answer.emit('end');
    await Promise.all(exchanges);
    expect(sut.outstanding).toBe(0);
  });

  it('counts what it has not answered, and calls it by its name', async () => {
    const handler = { outcome: Promise.resolve('done') };
    const message = { method: 'GET', path: '/posts', headers: { accept: '*/*' }, body: null };
    const outcome = sut.exchange(message, handler);
    expect(sut.outstanding).toBe(1);
    const sent = { ...message, headers: { accept: '*/*', host: 'posts:4000' } };
    expect(pool.dispatch).toHaveBeenCalledExactlyOnceWith(sent, handler);
    expect(await outcome).toBe('done');
    expect(sut.outstanding).toBe(0);
  });

  it('asks no more once it is drained', async () => {
    await sut.drain();
    expect(pool.close).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});
