import { describe, expect, it } from 'vitest';
import type { Backlog } from '#database';
import { BacklogCheck } from './backlog-check.js';

const aCheck = (measure: () => Promise<Backlog>, limit?: number) => new BacklogCheck('outbox', measure, limit);
const backlog = (waiting: number, oldestSeconds: number) => () => Promise.resolve({ waiting, oldestSeconds });

describe(BacklogCheck.name, () => {
  it('says how much waits, and for how long', async () => {
    expect(await aCheck(backlog(3, 12)).check()).toEqual({
      up: true,
      detail: '3 waiting, the oldest for 12 s',
      waiting: 3,
      oldestSeconds: 12,
    });
  });

  it('says when nothing waits', async () => {
    expect(await aCheck(backlog(0, 0), 30).check()).toMatchObject({ up: true, detail: 'empty', waiting: 0 });
  });

  it.each([
    [30, true],
    [31, false],
  ])('with a limit of 30 s, finds %i s to be fine: %s', async (oldest, up) => {
    expect(await aCheck(backlog(1, oldest), 30).check()).toMatchObject({ up });
  });

  it('is not up when nothing can be counted, and says why', async () => {
    const check = aCheck(() => Promise.reject(new Error('the database is away')));
    expect(await check.check()).toEqual({ up: false, detail: 'cannot be counted: Error: the database is away' });
  });

  it('counts once for many who ask at about the same time', async () => {
    let counted = 0;
    const check = aCheck(() => Promise.resolve({ waiting: ++counted, oldestSeconds: 0 }));
    const answers = await Promise.all([check.check(), check.check()]);
    expect(answers.map(({ waiting }) => waiting)).toEqual([1, 1]);
  });
});
