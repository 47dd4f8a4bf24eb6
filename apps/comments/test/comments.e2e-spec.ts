import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, Post } from '#contracts';
import { TestSystem } from '#testing';
import { posts } from '../../posts/src/app.js';
import { comments } from '../src/app.js';
import { aVerdictOn, unknownId } from './comment.factory.js';

describe('comments', () => {
  let system: TestSystem;
  const http = () => system.http('comments');
  const aPost = async (): Promise<Post> => (await system.http('posts').post<Post>('/posts', { title: 'A post' })).body;
  const aComment = async (postId: string, content = 'A comment'): Promise<Comment> =>
    (await http().post<Comment>(`/posts/${postId}/comments`, { content })).body;
  const current = async (comment: Comment): Promise<Comment> => (await http().get<Comment>(pathOf(comment))).body;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [posts, comments] });
  });
  afterAll(() => system.stop());

  it('stores a comment as pending and tells the others', async () => {
    const post = await aPost();
    const { status, headers, body } = await http().post<Comment>(`/posts/${post.id}/comments`, { content: ' Nice ' });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(pathOf(body));
    expect(body).toMatchObject({ postId: post.id, content: 'Nice', status: 'pending', version: 1 });
    const event = await system.bus.waitFor('comment.created', ({ id }) => id === body.id);
    expect(event.data).toEqual(body);
  });

  it('applies the verdict and publishes the new state', async () => {
    const comment = await aComment((await aPost()).id);
    await system.bus.publish('comment.moderated', aVerdictOn(comment));
    await system.bus.waitFor('comment.updated', ({ id, status }) => id === comment.id && status === 'approved');
    expect(await current(comment)).toMatchObject({ status: 'approved', version: 2 });
  });

  it('sends an edited text through moderation again, and ignores a verdict on the old one', async () => {
    const comment = await aComment((await aPost()).id);
    const { body: edited } = await http().patch<Comment>(pathOf(comment), { content: 'Better' });
    expect(edited).toMatchObject({ content: 'Better', status: 'pending', version: 2 });
    await system.bus.waitFor('comment.edited', ({ id }) => id === comment.id);
    await system.bus.publish('comment.moderated', aVerdictOn(comment, { status: 'rejected' }));
    await system.bus.publish('comment.moderated', aVerdictOn(edited, { version: 2 }));
    await system.bus.waitFor('comment.updated', ({ id }) => id === comment.id);
    expect(await current(comment)).toMatchObject({ status: 'approved', version: 3 });
  });

  it('lets a later verdict overrule, never an earlier one', async () => {
    const comment = await aComment((await aPost()).id);
    await system.bus.publish('comment.moderated', aVerdictOn(comment, { status: 'rejected', version: 2 }));
    await system.bus.publish('comment.moderated', aVerdictOn(comment, { status: 'approved', version: 1 }));
    await system.bus.publish('comment.moderated', aVerdictOn(comment, { status: 'approved', version: 3 }));
    await system.bus.waitFor('comment.updated', ({ id, status }) => id === comment.id && status === 'approved');
    const states = system.bus.events('comment.updated').filter(({ subject }) => subject === comment.id);
    expect(states.map(({ data }) => data.status)).toEqual(['rejected', 'approved']);
  });

  it('applies a verdict once, however often it is delivered', async () => {
    const comment = await aComment((await aPost()).id);
    const verdict = await system.bus.publish('comment.moderated', aVerdictOn(comment));
    await system.bus.publishEvent(verdict);
    await system.settled();
    expect(system.bus.events('comment.updated').filter(({ subject }) => subject === comment.id)).toHaveLength(1);
  });

  it('deletes a comment, and all comments of a deleted post', async () => {
    const post = await aPost();
    const [one, two] = [await aComment(post.id), await aComment(post.id)];
    expect((await http().delete(pathOf(one))).status).toBe(204);
    expect((await http().delete(pathOf(one))).status).toBe(404);
    await system.bus.waitFor('comment.deleted', ({ id }) => id === one.id);
    await system.http('posts').delete(`/posts/${post.id}`);
    await system.waitFor(async () => (await http().get(pathOf(two))).status === 404);
    const { status } = await http().post(`/posts/${post.id}/comments`, { content: 'Too late' });
    expect(status).toBe(404);
  });

  it('knows a post whose event has not come yet, and none that does not exist', async () => {
    expect((await http().post(`/posts/${unknownId()}/comments`, { content: 'Where?' })).status).toBe(404);
    await system.stopApp('comments');
    const post = await aPost();
    await system.bus.waitFor('post.created', ({ id }) => id === post.id);
    await system.vhost.purgeQueue('comments');
    await system.startApp('comments');
    expect((await http().post(`/posts/${post.id}/comments`, { content: 'First' })).status).toBe(201);
  });

  it('takes comments without the posts service, on posts that it knows', async () => {
    const post = await aPost();
    await system.bus.waitFor('post.created', ({ id }) => id === post.id);
    await system.stopApp('posts');
    await system.waitFor(
      async () => (await http().post(`/posts/${post.id}/comments`, { content: 'Alone' })).status === 201,
    );
    const unknown = await http().post(`/posts/${unknownId()}/comments`, { content: 'Where?' });
    expect(unknown.status).toBe(503);
    expect(unknown.headers.get('retry-after')).toBe('1');
    await system.startApp('posts');
  });

  it('keeps every one of many comments made at once', async () => {
    const post = await aPost();
    const made = await Promise.all(Array.from({ length: 100 }, (_, n) => aComment(post.id, `Comment ${n}`)));
    await Promise.all(made.map((comment) => system.bus.publish('comment.moderated', aVerdictOn(comment))));
    const ids = new Set(made.map(({ id }) => id));
    await system.waitFor(
      () => system.bus.events('comment.updated').filter(({ data }) => ids.has(data.id)).length === 100,
    );
    const { body } = await http().get<Comment[]>(`/posts/${post.id}/comments?limit=100`);
    expect(body.map(({ status, version }) => `${status} ${version}`)).toEqual(Array(100).fill('approved 2'));
  });
});

const pathOf = ({ postId, id }: Comment): string => `/posts/${postId}/comments/${id}`;
