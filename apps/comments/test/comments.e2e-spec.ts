import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, Post } from '#contracts';
import { TestSystem } from '#testing';
import { posts } from '../../posts/src/app.js';
import { comments } from '../src/app.js';

describe('comments', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [posts, comments] });
  });
  afterAll(() => system.stop());

  it('stores a comment as pending and tells the others', async () => {
    const { body: post } = await system.http('posts').post<Post>('/posts', { title: 'Hello' });
    const { status, body: comment } = await system
      .http('comments')
      .post<Comment>(`/posts/${post.id}/comments`, { content: 'Nice' });
    expect(status).toBe(201);
    expect(comment).toMatchObject({ postId: post.id, content: 'Nice', status: 'pending', version: 1 });
    const event = await system.bus.waitFor('comment.created', ({ id }) => id === comment.id);
    expect(event.data).toEqual(comment);
  });
});
