import { describe, expect, it } from 'vitest';
import type { Change } from './apply-change';
import { ChangeLog } from './change-log';
import { aComment, aFeed, aPost, aView, ids } from './testing';

const created = (id: string): Change => ({ type: 'post.changed', data: aPost(id) });
const deleted = (id: string): Change => ({ type: 'post.deleted', data: { id } });

describe('ChangeLog', () => {
  it('brings a list that was read before up to date', () => {
    const log = new ChangeLog();
    log.note(created('p2'), false);
    log.note(deleted('p1'), false);
    expect(ids(log.replay(aFeed([aView('p1')])).posts)).toEqual(['p2']);
    expect(ids(log.replay(aFeed([aView('p2')])).posts)).toEqual(['p2']);
  });

  it('does not bring back what is gone', () => {
    const log = new ChangeLog();
    log.note(deleted('p1'), false);
    expect(log.note(created('p1'), true)).toBe(false);
    log.note({ type: 'comment.deleted', data: { id: 'c1', postId: 'p2' } }, false);
    expect(log.note({ type: 'comment.changed', data: { comment: aComment('c1') } }, true)).toBe(false);
    expect(ids(log.replay(aFeed([])).posts)).toEqual([]);
  });

  it('keeps changes for two minutes', () => {
    let now = 0;
    const log = new ChangeLog(() => now);
    log.note(created('p1'), false);
    now = 100_000;
    log.note(created('p2'), false);
    now = 130_000;
    expect(ids(log.replay(aFeed([])).posts)).toEqual(['p2']);
    now = 300_000;
    expect(ids(log.replay(aFeed([])).posts)).toEqual([]);
  });

  it('forgets events after a gap, but not what was written here', () => {
    const log = new ChangeLog();
    log.note(created('p1'), true);
    log.note(created('p2'), false);
    log.forgetEvents();
    expect(ids(log.replay(aFeed([])).posts)).toEqual(['p1']);
  });
});
