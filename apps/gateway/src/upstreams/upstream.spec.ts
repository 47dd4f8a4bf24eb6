import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServiceDirectory } from '#messaging';
import { Instance } from './instance.js';
import { Upstream } from './upstream.js';

/** Instances that never answer a health check, and so stay what they are. */
vi.mock('undici', () => ({
  Pool: class {
    request = (): Promise<never> => new Promise(() => undefined);
    close = (): Promise<void> => Promise.resolve();
    destroy = (): Promise<void> => Promise.resolve();
  },
}));

describe(Upstream.name, () => {
  let addresses: string[] | Error;
  let directory: ServiceDirectory;
  let sut: Upstream;

  const lookup = async (): Promise<string[]> => {
    if (addresses instanceof Error) throw addresses;
    return addresses;
  };
  const origins = (): Set<string> => new Set([1, 2, 3, 4].flatMap(() => sut.pick()?.origin ?? []));
  const start = async (...urls: string[]): Promise<void> => {
    sut = new Upstream('posts', urls, directory, lookup, 500);
    await sut.start();
  };
  const announce = async (url: string, state: 'serving' | 'leaving' = 'serving'): Promise<void> => {
    directory.take({ app: 'posts', instance: 'posts@a:4000', host: 'a', url, state });
    await vi.advanceTimersByTimeAsync(0);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    Logger.overrideLogger(false);
    directory = new ServiceDirectory('here', ['posts']);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await sut.close();
  });

  it('takes each address of each URL for an instance, and the same one only once', async () => {
    addresses = ['10.0.0.1', '10.0.0.2'];
    await start('http://posts:4000', 'http://10.0.0.1:4000', 'http://10.0.0.1:4001');
    expect(origins()).toEqual(new Set(['http://10.0.0.1:4000', 'http://10.0.0.2:4000', 'http://10.0.0.1:4001']));
    expect(sut.count()).toEqual({ all: 3, up: 0 });
  });

  it('follows the addresses, and keeps the instances that stay', async () => {
    addresses = ['10.0.0.1', '10.0.0.2'];
    await start('http://posts:4000');
    const before = [sut.pick(), sut.pick()];
    const drain = vi.spyOn(Instance.prototype, 'drain');
    addresses = ['10.0.0.2', '10.0.0.3'];
    await vi.advanceTimersByTimeAsync(2_000);
    expect(origins()).toEqual(new Set(['http://10.0.0.2:4000', 'http://10.0.0.3:4000']));
    const kept = before.find((instance) => instance?.origin === 'http://10.0.0.2:4000');
    expect([sut.pick(), sut.pick()]).toContain(kept);
    expect(drain).toHaveBeenCalledOnce();
    expect(drain.mock.contexts[0]).toBe(before.find((instance) => instance !== kept));
  });

  it('keeps what it knows while the name cannot be resolved', async () => {
    addresses = ['10.0.0.1'];
    await start('http://posts:4000');
    addresses = new Error('ENOTFOUND');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sut.count().all).toBe(1);
  });

  it('picks no one until the name can be resolved', async () => {
    addresses = new Error('ENOTFOUND');
    await start('http://posts:4000');
    expect(sut.pick()).toBeUndefined();
    addresses = ['10.0.0.1'];
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sut.pick()?.origin).toBe('http://10.0.0.1:4000');
  });

  it('is on its usual port of this machine while nobody says anything else', async () => {
    await start();
    expect(origins()).toEqual(new Set(['http://127.0.0.1:4000']));
    await announce('http://10.0.0.1:4000');
    expect(origins()).toEqual(new Set(['http://10.0.0.1:4000']));
  });

  it('finds at once who announces itself, and takes it for one with who is listed', async () => {
    addresses = ['10.0.0.1'];
    await start('http://posts:4000');
    await announce('http://10.0.0.1:4000');
    await announce('http://10.0.0.2:4000');
    expect(origins()).toEqual(new Set(['http://10.0.0.1:4000', 'http://10.0.0.2:4000']));
    expect(new Set([sut.pick()?.url, sut.pick()?.url])).toEqual(new Set(['http://posts:4000', 'http://10.0.0.2:4000']));
  });

  it('resolves the host name of who announces itself', async () => {
    addresses = ['10.0.0.1'];
    await start('http://10.0.0.2:4000');
    await announce('http://posts-0:4000');
    expect(origins()).toEqual(new Set(['http://10.0.0.2:4000', 'http://10.0.0.1:4000']));
  });

  it('forgets who has left once it is unreachable, but never who is listed', async () => {
    const leaves = vi.spyOn(Instance.prototype, 'leaves');
    leaves.mockClear();
    const [listed, announced] = ['http://10.0.0.1:4000', 'http://10.0.0.2:4000'];
    await start(listed);
    for (const url of [listed, announced]) {
      await announce(url);
      await announce(url, 'leaving');
    }
    expect(leaves.mock.contexts.map((instance) => (instance as Instance).origin)).toEqual([listed, announced]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sut.count().all).toBe(2);
    vi.spyOn(Instance.prototype, 'unreachable', 'get').mockReturnValue(true);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(origins()).toEqual(new Set([listed]));
    vi.restoreAllMocks();
  });

  it('looks no further once it is closed', async () => {
    addresses = ['10.0.0.1'];
    await start('http://posts:4000');
    await sut.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
