import { describe, expect, it } from 'vitest';
import { appendComments, appendPosts, commentTotal, type Feed, hiddenComments } from './feed';
import { aComment, aFeed, aView, ids, thread } from './testing';

const withTail = (): Feed => {
  const feed = aFeed([aView('p1', [aComment('c1')], 4)]);
  return { ...feed, posts: feed.posts.map((post) => ({ ...post, tail: [aComment('c4')] })) };
};

describe('appendPosts', () => {
  it('adds what is not there yet', () => {
    const feed = appendPosts(aFeed([aView('p3'), aView('p2')], 'a'), {
      items: [aView('p2'), aView('p1')],
      cursor: 'b',
    });
    expect([ids(feed.posts), feed.cursor]).toEqual([['p3', 'p2', 'p1'], 'b']);
  });
});

describe('appendComments', () => {
  it('fills the gap page by page', () => {
    const page = { items: [aComment('c1'), aComment('c2')], cursor: 'b' };
    const feed = appendComments(withTail(), 'p1', page);
    expect(feed.posts.map(thread)).toEqual([[['c1', 'c2'], ['c4'], 4]]);
    expect(feed.posts[0]?.commentsCursor).toBe('b');
  });

  it('joins the tail when the end of the thread is reached', () => {
    const feed = appendComments(withTail(), 'p1', { items: [aComment('c2'), aComment('c3')], cursor: null });
    expect(feed.posts.map(thread)).toEqual([[['c1', 'c2', 'c3', 'c4'], [], 4]]);
  });

  it('does not take an older state of a comment', () => {
    const held = aComment('c1', { version: 2, status: 'approved', content: 'x' });
    const feed = appendComments(aFeed([aView('p1', [held], 2)]), 'p1', { items: [aComment('c1')], cursor: null });
    expect(feed.posts[0]?.comments).toEqual([held]);
  });
});

describe('counts', () => {
  it('tell how many comments there are, and how many of them are not loaded', () => {
    const [post] = withTail().posts;
    if (!post) throw new Error('no post');
    expect([commentTotal(post), hiddenComments(post)]).toEqual([4, 2]);
    const ahead = { ...post, commentCount: 1 };
    expect([commentTotal(ahead), hiddenComments(ahead)]).toEqual([2, 0]);
  });
});
