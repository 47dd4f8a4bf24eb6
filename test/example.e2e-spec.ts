import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Comment, Post, PostView } from '#contracts';
import type { TestSystem } from '#testing';
import { startWholeSystem } from './whole-system.js';

let system: TestSystem;
beforeAll(async () => void (system = await startWholeSystem()));
afterAll(() => system.stop());

const aComment = async (): Promise<Comment> => {
  const { body: post } = await system.http('posts').post<Post>('/posts', { title: 'Hello' });
  const path = `/posts/${post.id}/comments`;
  return (await system.http('comments').post<Comment>(path, { content: `Well said, ${post.id}` })).body;
};
const shown = async ({ postId }: Comment): Promise<PostView['comments']> =>
  (await system.http('query').get<PostView>(`/posts/${postId}`)).body.comments;

it('judges a comment, and judges it once', async () => {
  const comment = await aComment();
  await system.settled();
  expect(await shown(comment)).toMatchObject([{ id: comment.id, status: 'approved' }]);
  expect(system.bus.events('comment.moderated')).toHaveLength(1);
});

it('judges a comment although moderation has crashed', async () => {
  const comment = await aComment();
  system.crash('moderation');
  await system.restart('moderation');
  await system.settled();
  expect(await shown(comment)).toMatchObject([{ id: comment.id, status: 'approved' }]);
});
