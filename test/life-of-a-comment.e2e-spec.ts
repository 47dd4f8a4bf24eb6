import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, CommentView, ModerationCase, Post, PostView } from '#contracts';
import type { TestSystem } from '#testing';
import { startWholeSystem } from './whole-system.js';

describe('the life of a comment, through the gateway', () => {
  let system: TestSystem;
  const api = () => system.http('gateway');
  const aPost = async (): Promise<Post> => {
    const { body } = await api().post<Post>('/api/posts', { title: 'A post' });
    await shown(body.id, () => true);
    return body;
  };
  const aComment = async (postId: string, content: string): Promise<Comment> =>
    (await api().post<Comment>(`/api/posts/${postId}/comments`, { content })).body;
  const shown = (postId: string, condition: (post: PostView) => boolean): Promise<PostView> =>
    system.waitFor(async () => {
      const { status, body } = await api().get<PostView>(`/api/posts/${postId}`);
      return status === 200 && condition(body) && body;
    });
  const commentShown = async (comment: Comment, condition: (comment: CommentView) => boolean): Promise<CommentView> => {
    const found = (post: PostView) => post.comments.find(({ id }) => id === comment.id);
    const post = await shown(comment.postId, (candidate) => {
      const view = found(candidate);
      return view !== undefined && condition(view);
    });
    return found(post)!;
  };

  beforeAll(async () => {
    system = await startWholeSystem();
  });
  afterAll(() => system.stop());

  it('posts, judges and shows a comment', async () => {
    const created = await api().post<Post>('/api/posts', { title: 'Hello', body: 'World' });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/api/posts/${created.body.id}`);
    const answer = await api().post<Comment>(`/api/posts/${created.body.id}/comments`, { content: 'Well said' });
    expect(answer.status).toBe(201);
    expect(answer.body.status).toBe('pending');
    expect(await commentShown(answer.body, ({ status }) => status === 'approved')).toMatchObject({
      content: 'Well said',
      version: 2,
    });
    const { body: feed } = await api().get<PostView[]>('/api/posts');
    expect(feed.find(({ id }) => id === created.body.id)).toMatchObject({ commentCount: 1, body: 'World' });
  });

  it('rejects a comment with blocked words, and never shows its text', async () => {
    const post = await aPost();
    const comment = await aComment(post.id, 'what a s h i t post');
    const view = await commentShown(comment, ({ status }) => status !== 'pending');
    expect(view).toMatchObject({ status: 'rejected', content: null });
  });

  it('judges an edited text again', async () => {
    const post = await aPost();
    const comment = await aComment(post.id, 'Friendly words');
    await commentShown(comment, ({ status }) => status === 'approved');
    const { status } = await api().patch(`/api/posts/${post.id}/comments/${comment.id}`, { content: 'fuck this' });
    expect(status).toBe(200);
    expect(await commentShown(comment, (view) => view.status === 'rejected')).toMatchObject({ content: null });
  });

  it('waits for a person where a rule is not sure', async () => {
    const post = await aPost();
    const links = 'see http://a.example/1 http://b.example/2 http://c.example/3';
    const comment = await aComment(post.id, links);
    const moderation = system.http('moderation');
    await system.waitFor(async () => {
      const { body } = await moderation.get<ModerationCase[]>('/moderation/cases?state=review');
      return body.some(({ commentId }) => commentId === comment.id);
    });
    expect((await commentShown(comment, () => true)).status).toBe('pending');
    const verdict = { status: 'approved', reason: 'These links are fine' };
    const { status } = await moderation.post(`/moderation/cases/${comment.id}/verdict`, verdict);
    expect(status).toBe(200);
    expect(await commentShown(comment, (view) => view.status === 'approved')).toMatchObject({ content: links });
  });

  it('keeps moderation off the gateway', async () => {
    expect((await api().get('/api/moderation/cases')).status).toBe(404);
  });

  it('deletes comments, and a post with all its comments, everywhere', async () => {
    const post = await aPost();
    const [first, second] = [await aComment(post.id, 'One'), await aComment(post.id, 'Two')];
    await commentShown(first, ({ status }) => status === 'approved');
    await commentShown(second, ({ status }) => status === 'approved');
    expect((await api().delete(`/api/posts/${post.id}/comments/${first.id}`)).status).toBe(204);
    await shown(post.id, ({ commentCount }) => commentCount === 1);
    expect((await api().delete(`/api/posts/${post.id}`)).status).toBe(204);
    await system.waitFor(async () => (await api().get(`/api/posts/${post.id}`)).status === 404);
    const own = `/posts/${post.id}/comments/${second.id}`;
    await system.waitFor(async () => (await system.http('comments').get(own)).status === 404);
    await system.waitFor(
      async () => (await system.http('moderation').get(`/moderation/cases/${second.id}`)).status === 404,
    );
  });

  it('goes on without any one service, and catches up when it is back', async () => {
    const post = await aPost();
    await system.stopApp('moderation');
    const unjudged = await aComment(post.id, 'Nobody judges me');
    expect((await commentShown(unjudged, () => true)).status).toBe('pending');
    await system.startApp('moderation');
    await commentShown(unjudged, ({ status }) => status === 'approved');

    await system.stopApp('query');
    const unseen = await aComment(post.id, 'Nobody sees me');
    expect((await api().get('/api/posts')).status).toBe(503);
    await system.startApp('query');
    await commentShown(unseen, ({ status }) => status === 'approved');

    await system.stopApp('posts');
    expect((await api().post('/api/posts', { title: 'Nobody takes me' })).status).toBe(503);
    await commentShown(await aComment(post.id, 'Still here'), ({ status }) => status === 'approved');
    await system.startApp('posts');
    await system.waitFor(async () => (await api().post('/api/posts', { title: 'Taken' })).status === 201);
  });

  it('builds the read model anew when its database is gone', async () => {
    const post = await aPost();
    const comment = await aComment(post.id, 'To be remembered');
    await commentShown(comment, ({ status }) => status === 'approved');
    const before = (await api().get<PostView[]>('/api/posts?limit=100')).body;
    await system.stopApp('query');
    await system.deleteDatabase('query');
    await system.startApp('query');
    await system.waitFor(async () => {
      expect((await api().get<PostView[]>('/api/posts?limit=100')).body).toEqual(before);
      return true;
    });
  });
});
