import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Announcement } from '#contracts';
import { ServiceDirectory } from './service-directory.js';

const A = 'http://10.0.0.1:4001';
const B = 'http://10.0.0.2:4001';
const DEFAULT = 'http://127.0.0.1:4001';

const announcement = (url: string, overrides: Partial<Announcement> = {}): Announcement => ({
  app: 'comments',
  instance: 'comments@a:4001',
  host: 'a',
  state: 'serving',
  ...overrides,
  url,
});

describe(ServiceDirectory.name, () => {
  let sut: ServiceDirectory;
  let changes: string[];

  const take = (url: string, overrides: Partial<Announcement> = {}): void => sut.take(announcement(url, overrides));
  const comments = (...listed: string[]): string[] => sut.urlsOf('comments', listed);
  /** Hears B, as it announces itself each second, for so long. */
  const hearB = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      await vi.advanceTimersByTimeAsync(1_000);
      take(B);
    }
  };

  beforeEach(() => {
    vi.useFakeTimers();
    Logger.overrideLogger(false);
    sut = new ServiceDirectory('here', ['comments', 'posts']);
    changes = [];
    sut.changes.subscribe(({ url, state }) => changes.push(`${state} ${url}`));
  });
  afterEach(() => vi.useRealTimers());

  describe('urlsOf', () => {
    it('is on its usual port of this machine, as long as no other is known', () => {
      expect(comments()).toEqual([DEFAULT]);
      take(A);
      expect(comments()).toEqual([A]);
      expect(sut.urlsOf('posts')).toEqual(['http://127.0.0.1:4000']);
    });

    it('is what is listed and what is announced, each only once', () => {
      take(A);
      take(B);
      expect(comments('http://comments:4001', B)).toEqual(['http://comments:4001', B, A]);
    });

    it('begins with who was heard last', async () => {
      take(A);
      await hearB(1);
      expect(comments()).toEqual([B, A]);
    });
  });

  describe('take', () => {
    it('tells of who is new, not of who is heard again', () => {
      take(A);
      take(A);
      expect(changes).toEqual([`serving ${A}`]);
    });

    it('tells nothing of who is never asked', () => {
      take(A, { app: 'moderation' });
      take(A, { app: 'moderation', state: 'leaving' });
      expect(changes).toEqual([]);
    });

    it('tells of who leaves, and of who is back', () => {
      take(A);
      take(A, { state: 'leaving' });
      take(A);
      expect(changes).toEqual([`serving ${A}`, `leaving ${A}`, `serving ${A}`]);
    });

    it('tells of who leaves even if only the configuration names it', () => {
      take(A, { state: 'leaving' });
      expect(changes).toEqual([`leaving ${A}`]);
      expect(comments()).toEqual([DEFAULT]);
    });

    it.each(['posts', 'moderation'] as const)('gives an address to %s when it is there now', (app) => {
      take(A);
      take(A, { app });
      expect(comments()).toEqual([DEFAULT]);
      expect(changes).toHaveLength(2);
    });

    it.each(['http://127.0.0.1:4001', 'http://127.8.8.8:1', 'http://localhost:4001', 'http://[::1]:4001'])(
      'knows that %s of another machine is not reached from here',
      (url) => {
        const warn = vi.spyOn(Logger.prototype, 'warn');
        warn.mockClear();
        take(url, { host: 'there' });
        take(url, { host: 'there' });
        expect(sut.urlsOf('comments', [A])).toEqual([A]);
        expect(warn).toHaveBeenCalledOnce();
        take(url, { host: 'here' });
        expect(sut.urlsOf('comments', [A])).toEqual([A, url]);
      },
    );
  });

  describe('unreachable', () => {
    it('forgets who is silent', async () => {
      take(A);
      await hearB(4);
      sut.unreachable(A);
      expect(comments()).toContain(A);
      await hearB(1);
      sut.unreachable(A);
      expect(comments()).toEqual([B]);
    });

    it('forgets at once who has left', () => {
      take(A);
      take(B);
      take(A, { state: 'leaving' });
      expect(comments()).toContain(A);
      sut.unreachable(A);
      expect(comments()).toEqual([B]);
    });

    it('forgets nobody while nobody is heard, and gives everybody time afterwards', async () => {
      take(A);
      take(B);
      await vi.advanceTimersByTimeAsync(3_600_000);
      sut.unreachable(A);
      await hearB(4);
      sut.unreachable(A);
      expect(comments()).toContain(A);
      await hearB(2);
      sut.unreachable(A);
      expect(comments()).toEqual([B]);
    });
  });
});
