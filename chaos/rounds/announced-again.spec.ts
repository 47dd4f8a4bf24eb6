import { beforeEach, describe, expect, it } from 'vitest';
import { AnnouncedAgain } from './announced-again.mjs';
import { reannounceAfterMs } from './settings.mjs';

const again = reannounceAfterMs / 1000;
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 21, 12) + seconds * 1_000).toISOString();
const comment = { id: 'c1', postId: 'p1', version: 1 };
const verdict = { commentId: 'c1', commentVersion: 1, version: 1 };

describe(AnnouncedAgain.name, () => {
  let sut: AnnouncedAgain;
  const see = (type: string, seconds: number, data: Record<string, unknown>, id = `${type} ${seconds}`): boolean =>
    sut.has({ id, type, time: at(seconds), data });

  beforeEach(() => {
    sut = new AnnouncedAgain();
  });

  it.each(['comment.created', 'comment.edited', 'comment.deleted', 'post.deleted'])(
    'is %s that comes when it should',
    (type) => {
      expect([0, again, 3 * again].map((seconds) => see(type, seconds, comment))).toEqual([false, true, true]);
    },
  );

  it('is one that comes before the first, whose outbox had to wait', () => {
    expect([again, 0].map((seconds) => see('comment.created', seconds, comment))).toEqual([false, true]);
  });

  it.each([
    ['too soon', 'comment.created', again - 2, comment],
    ['of another version', 'comment.created', again, { ...comment, version: 2 }],
    ['with other data', 'comment.created', again, { ...comment, content: 'another' }],
    ['of a type that nobody repeats', 'comment.updated', again, comment],
  ])('is none that comes %s', (_what, type, seconds, data) => {
    see(type, 0, comment);
    expect(see(type, seconds, data)).toBe(false);
  });

  it('is none that is in the log twice', () => {
    see('comment.created', 0, comment, 'the same');
    expect(see('comment.created', 0, comment, 'the same')).toBe(false);
  });

  it('is a verdict that was asked for again, once', () => {
    see('comment.created', 0, comment);
    see('comment.moderated', 59.9, verdict);
    see('comment.created', 60, comment);
    expect([60.1, 60.2].map((seconds) => see('comment.moderated', seconds, verdict))).toEqual([true, false]);
  });
});
