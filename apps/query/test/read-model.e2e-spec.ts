import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { CommentView, PostView } from '#contracts';
import { TestSystem } from '#testing';
import { query } from '../src/app.js';
import { aComment, aPost } from './read-model.factory.js';

describe('the read model', () => {
  let system: TestSystem;
  const get = <T>(path: string) => system.http('query').get<T>(path);
  const shown = async (id: string) => (await get<PostView>(`/posts/${id}`)).body;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [query] });
  });
  afterAll(() => system.stop());

  it('shows a post with its comments, and the text of the approved ones only', async () => {
    const post = aPost();
    const approved = aComment({ postId: post.id, status: 'approved', content: 'fine', version: 2 });
    const pending = aComment({ postId: post.id });
    const rejected = aComment({ postId: post.id, status: 'rejected', version: 2 });
    await system.bus.publish('post.created', post);
    await system.bus.publish('comment.created', pending);
    await system.bus.publish('comment.updated', approved);
    await system.bus.publish('comment.updated', rejected);
    await system.settled();
    expect(await shown(post.id)).toEqual({
      ...post,
      commentCount: 3,
      comments: [approved, { ...pending, content: null }, { ...rejected, content: null }],
    });
  });

  it('keeps a comment that comes before its post, and shows it with the post', async () => {
    const post = aPost();
    await system.bus.publish('comment.created', aComment({ postId: post.id }));
    await system.bus.publish('post.created', post);
    await system.settled();
    expect((await shown(post.id)).commentCount).toBe(1);
  });

  it('ignores what is older than what it shows', async () => {
    const post = aPost({ version: 3, title: 'Newest' });
    await system.bus.publish('post.updated', post);
    await system.bus.publish('post.created', { ...post, version: 1, title: 'Oldest' });
    const comment = aComment({ postId: post.id, version: 3, status: 'approved', content: 'newest' });
    await system.bus.publish('comment.updated', comment);
    await system.bus.publish('comment.created', { ...comment, version: 1, status: 'pending', content: 'oldest' });
    await system.settled();
    expect(await shown(post.id)).toMatchObject({ title: 'Newest', comments: [{ content: 'newest', version: 3 }] });
  });

  it('takes the comments along with a deleted post, and revives nothing', async () => {
    const post = aPost();
    const comment = aComment({ postId: post.id });
    await system.bus.publish('post.created', post);
    await system.bus.publish('comment.created', comment);
    await system.settled();
    expect((await shown(post.id)).commentCount).toBe(1);
    await system.bus.publish('post.deleted', { id: post.id, deletedAt: new Date().toISOString(), version: 2 });
    await system.bus.publish('post.updated', { ...post, version: 3 });
    await system.bus.publish('comment.updated', { ...comment, version: 2, status: 'approved' });
    await system.settled();
    expect((await get(`/posts/${post.id}`)).status).toBe(404);
    expect((await get(`/posts/${post.id}/comments`)).status).toBe(404);
    expect((await get(`/posts/${post.id}/comments/${comment.id}`)).status).toBe(404);
  });

  it('forgets a deleted comment, even one whose creation comes later', async () => {
    const post = aPost();
    const comment = aComment({ postId: post.id });
    await system.bus.publish('post.created', post);
    const { id, postId } = comment;
    await system.bus.publish('comment.deleted', { id, postId, deletedAt: new Date().toISOString(), version: 2 });
    await system.bus.publish('comment.created', comment);
    await system.settled();
    expect(await shown(post.id)).toMatchObject({ commentCount: 0, comments: [] });
  });

  it('counts the comments whose post has not come, in health', async () => {
    type Health = { status: string; checks: Record<string, { waiting: number; oldestSeconds: number }> };
    const parked = async () => (await get<Health>('/health/ready')).body.checks['parked']!;
    const { waiting: before } = await parked();
    const post = aPost();
    const [first, second] = [aComment({ postId: post.id }), aComment({ postId: post.id })];
    await system.bus.publish('comment.created', first);
    await system.bus.publish('comment.created', second);
    await system.waitFor(async () => (await parked()).waiting === before + 2);
    expect((await get<Health>('/health/ready')).body.status).toBe('ready');
    const deletedAt = new Date().toISOString();
    await system.bus.publish('comment.deleted', { id: first.id, postId: post.id, deletedAt, version: 2 });
    await system.waitFor(async () => (await parked()).waiting === before + 1);
    await system.bus.publish('post.created', post);
    await system.waitFor(async () => (await parked()).waiting === before);
    expect(await shown(post.id)).toMatchObject({ commentCount: 1 });
  });

  it('changes nothing when a comment is announced again', async () => {
    const post = aPost();
    const comment = aComment({ postId: post.id });
    const changes = async () =>
      (
        await system
          .app('query')
          .get(DataSource)
          .query<unknown[]>('SELECT * FROM changes WHERE data LIKE ?', [`%${comment.id}%`])
      ).length;
    await system.bus.publish('post.created', post);
    for (let times = 0; times < 3; times++) await system.bus.publish('comment.created', comment);
    const approved = { ...comment, version: 2, status: 'approved' } as const;
    await system.bus.publish('comment.updated', approved);
    await system.bus.publish('comment.created', comment);
    const marker = aPost();
    await system.bus.publish('post.created', marker);
    await shown(marker.id);
    expect(await changes()).toBe(2);
    expect(await shown(post.id)).toMatchObject({ commentCount: 1, comments: [{ status: 'approved', version: 2 }] });
  });

  it('pages the posts newest first and the comments oldest first', async () => {
    const posts = [aPost(), aPost(), aPost()];
    const comments = Array.from({ length: 25 }, () => aComment({ postId: posts[0]!.id, status: 'approved' }));
    for (const post of posts) await system.bus.publish('post.created', post);
    for (const comment of comments) await system.bus.publish('comment.created', comment);
    await system.settled();
    expect((await shown(posts[0]!.id)).commentCount).toBe(25);

    const first = await get<PostView[]>('/posts?limit=2');
    expect(first.body.map(({ id }) => id)).toEqual([posts[2]!.id, posts[1]!.id]);
    const second = await get<PostView[]>(nextOf(first.headers)!);
    expect(second.body[0]!.id).toBe(posts[0]!.id);
    expect(second.body[0]!.comments.map(({ id }) => id)).toEqual(comments.slice(0, 20).map(({ id }) => id));

    const path = `/posts/${posts[0]!.id}/comments?limit=20`;
    const page = await get<CommentView[]>(path);
    const rest = await get<CommentView[]>(nextOf(page.headers)!);
    expect([...page.body, ...rest.body].map(({ id }) => id)).toEqual(comments.map(({ id }) => id));
    expect(nextOf(rest.headers)).toBeUndefined();
  });

  it('answers bad queries with a problem that says what to change', async () => {
    const { status, headers, body } = await get<{ detail: string }>('/posts?limit=many');
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.detail).toContain("'limit' in the query");
    expect((await get('/posts?cursor=abc')).status).toBe(400);
    expect((await get('/posts?sort=asc')).status).toBe(400);
  });
});

const nextOf = (headers: Headers): string | undefined => /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
