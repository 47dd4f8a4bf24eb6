import { describe, expect, it } from 'vitest';
import type { CommentView } from '#contracts';
import { applyChange, type Change } from './apply-change';
import type { Feed } from './feed';
import { aComment, aFeed, aPost, aView, ids, thread } from './testing';

const apply = (feed: Feed, ...changes: Change[]): Feed => changes.reduce(applyChange, feed);
const postChanged = (id: string, version: number, title = `v${version}`): Change => ({
  type: 'post.changed',
  data: aPost(id, { version, title }),
});
const commentDeleted = (id: string, commentCount?: number): Change => ({
  type: 'comment.deleted',
  data: { id, postId: 'p1', ...(commentCount !== undefined && { commentCount }) },
});
const commentChanged = (comment: CommentView, commentCount?: number): Change => ({
  type: 'comment.changed',
  data: { comment, ...(commentCount !== undefined && { commentCount }) },
});
const threadOf = (feed: Feed): ReturnType<typeof thread> | undefined => feed.posts.map(thread)[0];

describe('post.changed', () => {
  it('takes newer versions only, in whatever order they come', () => {
    const feed = apply(
      aFeed([aView('p1', [aComment('c1')])]),
      postChanged('p1', 3),
      postChanged('p1', 2),
      postChanged('p1', 3, 'x'),
    );
    expect(feed.posts[0]).toMatchObject({ title: 'v3', version: 3, comments: [{ id: 'c1' }] });
  });

  it('keeps the identity of what stays the same', () => {
    const feed = aFeed([aView('p2'), aView('p1')]);
    expect(applyChange(feed, postChanged('p1', 1))).toBe(feed);
    expect(applyChange(feed, postChanged('p1', 2)).posts[0]).toBe(feed.posts[0]);
  });

  it('adds a new post at its place, also when a newer one was told of before', () => {
    const feed = apply(aFeed([aView('p1')], 'more'), postChanged('p5', 1), postChanged('p3', 1));
    expect(ids(feed.posts)).toEqual(['p5', 'p3', 'p1']);
  });

  it('leaves posts beyond the loaded pages alone', () => {
    expect(ids(applyChange(aFeed([aView('p5')], 'more'), postChanged('p3', 2)).posts)).toEqual(['p5']);
    expect(ids(applyChange(aFeed([aView('p5')]), postChanged('p3', 1)).posts)).toEqual(['p5', 'p3']);
    expect(ids(applyChange(aFeed([]), postChanged('p3', 1)).posts)).toEqual(['p3']);
  });
});

describe('post.deleted', () => {
  it('drops the post', () => {
    const feed = aFeed([aView('p2'), aView('p1')]);
    expect(ids(applyChange(feed, { type: 'post.deleted', data: { id: 'p2' } }).posts)).toEqual(['p1']);
    expect(applyChange(feed, { type: 'post.deleted', data: { id: 'p9' } })).toBe(feed);
  });
});

describe('comment.changed', () => {
  const own = aComment('c3', { content: 'mine' });
  const approved = aComment('c3', { content: 'mine', status: 'approved', version: 2 });

  it('takes newer versions only: a verdict is not undone by the event of the creation', () => {
    const feed = apply(aFeed([aView('p1')]), commentChanged(approved, 1), commentChanged(aComment('c3'), 1));
    expect(feed.posts[0]?.comments).toEqual([approved]);
  });

  it.each([
    ['after', [commentChanged(own), commentChanged(aComment('c3'), 1)]],
    ['before', [commentChanged(aComment('c3'), 1), commentChanged(own)]],
  ])("keeps the author's own text when the event comes %s the answer", (_order, changes) => {
    const feed = apply(aFeed([aView('p1')]), ...changes);
    expect(feed.posts[0]).toMatchObject({ commentCount: 1, comments: [own] });
  });

  it('appends to a thread that is loaded to its end', () => {
    const feed = aFeed([aView('p1', [aComment('c1')])]);
    expect(threadOf(applyChange(feed, commentChanged(aComment('c2'), 2)))).toEqual([['c1', 'c2'], [], 2]);
  });

  it('sorts comments by age, also when an older one comes late', () => {
    const feed = apply(aFeed([aView('p1')]), commentChanged(aComment('c2'), 1), commentChanged(aComment('c1'), 2));
    expect(threadOf(feed)).toEqual([['c1', 'c2'], [], 2]);
  });

  it('only counts what lies beyond the loaded part, but shows what was written here', () => {
    const feed = aFeed([aView('p1', [aComment('c1')], 5)]);
    expect(threadOf(applyChange(feed, commentChanged(aComment('c7'), 6)))).toEqual([['c1'], [], 6]);
    const written = apply(feed, commentChanged(own));
    expect(threadOf(written)).toEqual([['c1'], ['c3'], 5]);
    const judged = apply(written, commentChanged(approved, 6));
    expect(threadOf(judged)).toEqual([['c1'], ['c3'], 6]);
    expect(judged.posts[0]?.tail).toEqual([approved]);
  });

  it('ignores posts that are not loaded, and what changes nothing', () => {
    const feed = aFeed([aView('p1', [aComment('c1')])]);
    expect(applyChange(feed, commentChanged(aComment('c9', { postId: 'p9' }), 1))).toBe(feed);
    expect(applyChange(feed, commentChanged(aComment('c1'), 1))).toBe(feed);
  });
});

describe('comment.deleted', () => {
  const feed = aFeed([aView('p1', [aComment('c1'), aComment('c2')], 5)]);

  it('drops the comment and takes the new count', () => {
    expect(threadOf(applyChange(feed, commentDeleted('c1', 4)))).toEqual([['c2'], [], 4]);
  });

  it('counts by itself until the event comes, and only once', () => {
    expect(threadOf(apply(feed, commentDeleted('c1'), commentDeleted('c1')))).toEqual([['c2'], [], 4]);
    expect(threadOf(apply(feed, commentDeleted('c1'), commentDeleted('c1', 4)))).toEqual([['c2'], [], 4]);
  });

  it('takes the count also when the comment is not loaded', () => {
    expect(threadOf(applyChange(feed, commentDeleted('c4', 4)))).toEqual([['c1', 'c2'], [], 4]);
    expect(applyChange(feed, commentDeleted('c4', 5))).toBe(feed);
  });
});
