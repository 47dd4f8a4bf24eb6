import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, Post } from '#contracts';
import { waitFor } from '#testing';
import { accepted, allShown, aText, CommentLoad } from './comment-load.js';
import { RealSystem } from './real-system.js';

describe('faults', { timeout: 360_000 }, () => {
  let real: RealSystem;
  let post: Post;

  beforeAll(async () => {
    real = await RealSystem.start();
    post = (await real.api.post<Post>('/posts', { title: 'Under fire' })).body;
    await waitFor(async () => (await real.api.get(`/posts/${post.id}`)).status === 200);
  }, 120_000);
  afterAll(() => real?.stop(), 60_000);

  it('loses no accepted comment while every process in turn is killed', async () => {
    const load = new CommentLoad(real, post);
    for (const label of ['posts', 'comments', 'moderation', 'query', 'gateway']) {
      await load.more(20, 201);
      await real.killAndAwait(label);
      await load.more(20, 201);
    }
    await allShown(real, post, accepted(await load.stop()));
  });

  it('takes comments while RabbitMQ is down, and judges and shows them when it is back', async () => {
    await real.broker.stop();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => real.api.post<Comment>(`/posts/${post.id}/comments`, { content: aText() })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(201));
    await real.broker.start();
    await allShown(
      real,
      post,
      answers.map(({ body }) => body),
    );
  });

  it('goes on after RabbitMQ was killed', async () => {
    await real.broker.kill();
    const { status, body } = await real.api.post<Comment>(`/posts/${post.id}/comments`, { content: aText() });
    expect(status).toBe(201);
    await real.broker.start();
    await allShown(real, post, [body]);
  });
});
