import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Write } from '#contracts';
import type { ChangesService } from '../changes/changes.service.js';
import { ConsistencyService } from './consistency.service.js';
import type { SeenWrites } from './seen-writes.js';

const WAIT = 2_000;
const MOST_WAITING = 500;
const post: Write = { thing: 'post', postId: 'a post', version: 1 };
const comment: Write = { thing: 'comment', postId: 'a post', id: 'a comment', version: 1 };

describe(ConsistencyService.name, () => {
  const changedIds = new Subject<string>();
  const seen = new Set<Write>();
  const has = vi.fn<SeenWrites['has']>((write) => Promise.resolve(seen.has(write)));
  let sut: ConsistencyService;
  const reach = (...writes: Write[]) => sut.reach(writes, new AbortController().signal);
  const see = (write: Write, id: string): void => {
    seen.add(write);
    changedIds.next(id);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    seen.clear();
    has.mockClear();
    sut = new ConsistencyService({ has } as unknown as SeenWrites, { changedIds } as unknown as ChangesService, WAIT);
  });
  afterEach(() => {
    vi.useRealTimers();
    if (changedIds.observed) throw new Error('somebody still listens to changes');
  });

  it('does not wait for what has been seen', async () => {
    seen.add(post).add(comment);
    expect(await reach(post, comment)).toBe(true);
    expect(has).toHaveBeenCalledTimes(2);
  });

  it.each(['a post', 'a comment'])('looks again when %s changed', async (id) => {
    const reached = reach(comment);
    await vi.advanceTimersByTimeAsync(WAIT / 2);
    see(comment, id);
    expect(await reached).toBe(true);
  });

  it('looks at nothing when other things change', async () => {
    const reached = reach(post);
    await vi.advanceTimersByTimeAsync(1);
    for (let n = 0; n < 100; n++) changedIds.next(`another ${n}`);
    await vi.advanceTimersByTimeAsync(WAIT - 2);
    expect(has).toHaveBeenCalledTimes(2);
    see(post, post.postId);
    expect(await reached).toBe(true);
  });

  it('waits no longer for several than for one', async () => {
    const reached = reach(post, comment);
    await vi.advanceTimersByTimeAsync(WAIT - 10);
    see(post, post.postId);
    await vi.advanceTimersByTimeAsync(10);
    expect(await reached).toBe(false);
  });

  it('looks for a last time when the time is over: somebody else may have written', async () => {
    const reached = reach(post);
    await vi.advanceTimersByTimeAsync(WAIT - 1);
    seen.add(post);
    await vi.advanceTimersByTimeAsync(1);
    expect(await reached).toBe(true);
  });

  it('ends with its client', async () => {
    const gone = new AbortController();
    const reached = sut.reach([post], gone.signal);
    await vi.advanceTimersByTimeAsync(1);
    gone.abort();
    expect(await reached).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets only so many wait, and others when these are done', async () => {
    const waiting = Array.from({ length: MOST_WAITING }, () => reach(post));
    await vi.advanceTimersByTimeAsync(1);
    expect(await reach(comment)).toBe(false);
    see(post, post.postId);
    expect((await Promise.all(waiting)).every(Boolean)).toBe(true);
    const reached = reach(comment);
    await vi.advanceTimersByTimeAsync(1);
    see(comment, comment.id);
    expect(await reached).toBe(true);
  });

  it('fails as the database fails, and keeps no place', async () => {
    has.mockResolvedValueOnce(false).mockRejectedValueOnce(new Error('broken'));
    await expect(reach(post)).rejects.toThrow('broken');
  });
});
