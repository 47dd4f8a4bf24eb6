import type { HttpAdapterHost } from '@nestjs/core';
import type { Repository } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HttpAdapter } from '#service';
import type { Comment } from '../comments/comment.entity.js';
import { toBody } from '../comments/comment-body.js';
import { preferredWait } from './verdict-preference.js';
import { VerdictWaits } from './verdict-waits.js';

const MOST_WAITING = 500;
const LOOK_INTERVAL = 250;
const aComment = (overrides: Partial<Comment> = {}): Comment => ({
  id: 'a comment',
  postId: 'a post',
  content: 'text',
  status: 'pending',
  createdAt: '',
  updatedAt: '',
  version: 1,
  contentVersion: 1,
  verdictVersion: 0,
  announceAgainAt: '',
  timesAnnounced: 1,
  ...overrides,
});
const approved = aComment({ status: 'approved', version: 2 });

describe(VerdictWaits.name, () => {
  let inDatabase: Comment[];
  const findBy = vi.fn<() => Promise<Comment[]>>(() => Promise.resolve(inDatabase));
  let stopping: AbortController;
  let sut: VerdictWaits;
  const wait = (comment = aComment()) => sut.wait(toBody(comment), 5_000, new AbortController().signal);

  beforeEach(() => {
    vi.useFakeTimers();
    inDatabase = [aComment()];
    findBy.mockClear();
    stopping = new AbortController();
    const host = {
      httpAdapter: { connections: { ending: stopping.signal } },
    } as unknown as HttpAdapterHost<HttpAdapter>;
    sut = new VerdictWaits({ findBy } as unknown as Repository<Comment>, host);
    sut.onApplicationBootstrap();
  });
  afterEach(() => {
    const timers = vi.getTimerCount();
    vi.useRealTimers();
    if (timers > 0) throw new Error(`whoever waited has left ${timers} timers behind`);
  });

  it('answers as soon as this process applied the verdict', async () => {
    const answer = wait();
    sut.judged(aComment({ id: 'another', status: 'rejected', version: 2 }));
    sut.judged(approved);
    expect(await answer).toEqual(toBody(approved));
  });

  it('finds in the database what another copy applied, with one look for all', async () => {
    const answers = [wait(), wait(), wait(aComment({ id: 'another' }))];
    inDatabase = [approved, aComment({ id: 'another', status: 'rejected', version: 2 })];
    await vi.advanceTimersByTimeAsync(LOOK_INTERVAL);
    expect((await Promise.all(answers)).map((answer) => answer?.status)).toEqual(['approved', 'approved', 'rejected']);
    expect(findBy).toHaveBeenCalledTimes(1);
  });

  it('answers as it was stored when the time is up', async () => {
    const answer = wait();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await answer).toEqual(toBody(aComment()));
    expect(findBy.mock.calls.length).toBeLessThanOrEqual(20);
  });

  it.each([
    ['deleted', []],
    ['edited', [aComment({ version: 2, contentVersion: 2 })]],
    ['edited and judged', [aComment({ version: 3, contentVersion: 2, status: 'rejected' })]],
  ])('answers as it was stored when it was %s meanwhile', async (_what, now) => {
    const answer = wait();
    inDatabase = now;
    await vi.advanceTimersByTimeAsync(LOOK_INTERVAL);
    expect(await answer).toEqual(toBody(aComment()));
  });

  it('does not wait for what is judged already', async () => {
    expect(await wait(approved)).toEqual(toBody(approved));
  });

  it('waits on when the database fails for a moment', async () => {
    findBy.mockRejectedValueOnce(new Error('away'));
    const answer = wait();
    inDatabase = [approved];
    await vi.advanceTimersByTimeAsync(2 * LOOK_INTERVAL);
    expect((await answer)?.status).toBe('approved');
  });

  it('ends at once when the process is about to stop, and waits no more', async () => {
    const answers = [wait(), wait()];
    stopping.abort();
    expect(await Promise.all(answers)).toEqual([undefined, undefined]);
    expect(await wait()).toBeUndefined();
  });

  it('ends with its client', async () => {
    const gone = new AbortController();
    const answer = sut.wait(toBody(aComment()), 5_000, gone.signal);
    gone.abort();
    expect(await answer).toBeUndefined();
    expect(await sut.wait(toBody(aComment()), 5_000, gone.signal)).toBeUndefined();
  });

  it('lets only so many wait, and others when these are done', async () => {
    const answers = Array.from({ length: MOST_WAITING }, () => wait());
    expect(await wait()).toBeUndefined();
    sut.judged(approved);
    expect(await Promise.all(answers)).toHaveLength(MOST_WAITING);
    const answer = wait();
    sut.judged(approved);
    expect((await answer)?.status).toBe('approved');
  });
});

describe(preferredWait.name, () => {
  it.each([
    ['wait=5', 5],
    ['wait=0', 0],
    ['wait=10', 10],
    ['wait=11', 10],
    [`wait=${'9'.repeat(400)}`, 10],
    ['respond-async, wait=5', 5],
    ['wait=-1', undefined],
    ['wait=1.5', undefined],
    ['wait=soon', undefined],
    ['wait', undefined],
    ['handling=strict', undefined],
    [undefined, undefined],
  ])('takes %s for %s seconds', (prefer, seconds) => {
    expect(preferredWait(prefer)).toBe(seconds);
  });
});
