import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it, vi } from 'vitest';
import type { CommentView, PostView } from '#contracts';
import type { ListApi, Page, PageRequest } from './api';
import type { Feed } from './feed';
import { FeedCache, feedKey } from './feed-cache';
import { aComment, aPost, aView, deferred, ids, thread } from './testing';

function setUp(posts: PostView[], comments: CommentView[] = []) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, gcTime: 0 } } });
  const api = {
    listPosts: vi.fn<ListApi['listPosts']>((request) => Promise.resolve(pageOf(posts, request))),
    listComments: vi.fn<ListApi['listComments']>((_id, request) => Promise.resolve(pageOf(comments, request))),
  };
  const onVerdict = vi.fn<(comment: CommentView) => void>();
  const cache = new FeedCache({ queryClient, api, onVerdict });
  const read = (): Promise<Feed> => queryClient.fetchQuery({ queryKey: feedKey, queryFn: () => cache.load() });
  const shown = (): Feed => queryClient.getQueryData<Feed>(feedKey) ?? { posts: [], cursor: null };
  return { cache, api, onVerdict, read, shown };
}

function pageOf<T extends { id: string }>(all: T[], { limit, cursor }: PageRequest): Page<T> {
  const start = cursor ? all.findIndex(({ id }) => id === cursor) + 1 : 0;
  const items = all.slice(start, start + limit);
  return { items, cursor: start + limit < all.length ? (items.at(-1)?.id ?? null) : null };
}

const manyPosts = Array.from({ length: 50 }, (_, index) => aView(`p${99 - index}`));
const manyComments = Array.from({ length: 90 }, (_, index) => aComment(`c${10 + index}`));

describe('FeedCache', () => {
  it('keeps events that come while the feed is read', async () => {
    const { cache, api, read, shown } = setUp([]);
    const answer = deferred<Page<PostView>>();
    api.listPosts.mockReturnValueOnce(answer.promise);
    const reading = read();
    cache.apply({ type: 'post.changed', data: aPost('p2') });
    cache.apply({ type: 'comment.changed', data: { comment: aComment('c1', { version: 2 }), commentCount: 1 } });
    answer.resolve({ items: [aView('p1', [aComment('c1')])], cursor: null });
    await reading;
    expect(ids(shown().posts)).toEqual(['p2', 'p1']);
    expect(shown().posts[1]?.comments[0]?.version).toBe(2);
  });

  it('shows what was written here although the read model does not know it yet', async () => {
    const { cache, read, shown } = setUp([aView('p1')]);
    await read();
    cache.applyOwn({ type: 'post.changed', data: aPost('p2') });
    await cache.reset();
    await read();
    expect(ids(shown().posts)).toEqual(['p2', 'p1']);
  });

  it('fills in own texts when the feed is read again, and tells the verdict', async () => {
    const { cache, onVerdict, read, shown } = setUp([aView('p1', [aComment('c1')])]);
    await read();
    cache.applyOwnComment({ ...aComment('c1'), content: 'mine' });
    await cache.reset();
    await read();
    expect(shown().posts[0]?.comments).toEqual([aComment('c1', { content: 'mine' })]);
    const verdict = aComment('c1', { version: 2, status: 'approved', content: 'mine' });
    cache.apply({ type: 'comment.changed', data: { comment: verdict, commentCount: 1 } });
    cache.apply({ type: 'comment.changed', data: { comment: verdict, commentCount: 1 } });
    expect(shown().posts[0]?.comments).toEqual([verdict]);
    expect(onVerdict).toHaveBeenCalledExactlyOnceWith(verdict);
  });

  it('adds the comments of a new post that were told of before the post', async () => {
    const { cache, read, shown } = setUp([]);
    await read();
    cache.apply({ type: 'comment.changed', data: { comment: aComment('c1'), commentCount: 1 } });
    cache.apply({ type: 'post.changed', data: aPost('p1') });
    expect(shown().posts.map(thread)).toEqual([[['c1'], [], 1]]);
  });

  it('reads page after page, and as many again', async () => {
    const { cache, api, read, shown } = setUp(manyPosts);
    await read();
    expect((await cache.loadMorePosts())?.id).toBe('p79');
    expect((await cache.loadMorePosts())?.id).toBe('p59');
    expect(await cache.loadMorePosts()).toBeUndefined();
    await read();
    expect(ids(shown().posts)).toEqual(ids(manyPosts));
    expect(api.listPosts).toHaveBeenLastCalledWith(expect.objectContaining({ limit: 50, cursor: null }));
  });

  it('drops a page that comes after the feed was read again with another end', async () => {
    const { cache, api, read, shown } = setUp(manyPosts);
    await read();
    const late = deferred<Page<PostView>>();
    api.listPosts.mockReturnValueOnce(late.promise);
    const loading = cache.loadMorePosts();
    api.listPosts.mockResolvedValueOnce({ items: [aView('p99')], cursor: 'elsewhere' });
    api.listPosts.mockResolvedValueOnce({ items: manyPosts.slice(1, 21), cursor: 'p79' });
    await read();
    late.resolve({ items: [aView('p01')], cursor: null });
    await loading;
    expect(ids(shown().posts)).not.toContain('p01');
  });

  it('reads on in a thread, and keeps it when the feed is read again', async () => {
    const { cache, read, shown } = setUp([aView('p1', manyComments.slice(0, 20), 90)], manyComments);
    await read();
    expect((await cache.loadMoreComments('p1'))?.id).toBe('c30');
    expect(shown().posts[0]?.comments).toHaveLength(70);
    expect((await cache.loadMoreComments('p1'))?.id).toBe('c80');
    expect(shown().posts.map(thread)).toEqual([[ids(manyComments), [], 90]]);
    await read();
    expect(shown().posts.map(thread)).toEqual([[ids(manyComments), [], 90]]);
  });
});
