import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Comment, encodeToken, type Post } from '#contracts';
import { TestSystem } from '#testing';
import { posts } from '../../posts/src/app.js';
import { comments } from '../src/app.js';
import { aVerdictOn } from './comment.factory.js';

describe('Prefer: wait on a comment', () => {
  let system: TestSystem;
  let post: Post;
  const http = () => system.http('comments');
  const create = (content: string) =>
    http().post<Comment>(`/posts/${post.id}/comments`, { content }, { prefer: 'wait=10' });
  const created = async (content: string): Promise<Comment> =>
    (await system.bus.waitFor('comment.created', (comment) => comment.content === content)).data;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [posts, comments] });
    post = (await system.http('posts').post<Post>('/posts', { title: 'A post' })).body;
  });
  afterAll(() => system.stop());

  it.each(['approved', 'rejected'] as const)('answers with the comment as it was %s', async (status) => {
    const answer = create(`to be ${status}`);
    const comment = await created(`to be ${status}`);
    await system.bus.publish('comment.moderated', aVerdictOn(comment, { status }));
    const { headers, body } = await answer;
    expect(body).toMatchObject({ id: comment.id, status, version: 2 });
    expect(headers.get('preference-applied')).toBe('wait=10');
    const write = { thing: 'comment', postId: post.id, id: comment.id, version: 2 } as const;
    expect(headers.get('consistency-token')).toBe(encodeToken(write));
  });

  it('answers with what was stored, when it is edited or deleted meanwhile', async () => {
    const answers = [create('to be edited'), create('to be deleted')];
    const [edited, deleted] = [await created('to be edited'), await created('to be deleted')];
    await http().patch(pathOf(edited), { content: 'edited' });
    await http().delete(pathOf(deleted));
    for (const { status, headers, body } of await Promise.all(answers)) {
      expect([status, headers.get('preference-applied')]).toEqual([201, 'wait=10']);
      expect(body).toMatchObject({ status: 'pending', version: 1 });
    }
  });

  it('stores the comment of a client that breaks off', async () => {
    const stop = new AbortController();
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=10' },
      body: JSON.stringify({ content: 'left alone' }),
      signal: stop.signal,
    };
    const answer = fetch(`${http().baseUrl}/posts/${post.id}/comments`, init).catch((error: Error) => error.name);
    const comment = await created('left alone');
    stop.abort();
    expect(await answer).toBe('AbortError');
    expect((await http().get<Comment>(pathOf(comment))).body.content).toBe('left alone');
  });
});

const pathOf = ({ postId, id }: Comment): string => `/posts/${postId}/comments/${id}`;
