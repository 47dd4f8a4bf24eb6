import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, CommentView, Post } from '#contracts';
import { type HttpAnswer, waitFor } from '#testing';
import { RealSystem } from './real-system.js';

/** No two alike: moderation would take them for spam. */
const aText = (): string => `A comment like no other: ${randomUUID()}`;

describe('faults', { timeout: 180_000 }, () => {
  let real: RealSystem;
  let post: Post;

  /** All comments of the post as the read model shows them. */
  const shown = async (): Promise<CommentView[]> => {
    const all: CommentView[] = [];
    let path: string | undefined = `/posts/${post.id}/comments?limit=100`;
    while (path) {
      const answer: HttpAnswer<CommentView[]> = await real.api.get(path);
      all.push(...answer.body);
      path = /<\/api(.+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    return all;
  };

  /** Waits until the read model shows each of these comments exactly once, approved and with its text. */
  const allShown = (comments: Comment[]): Promise<boolean> =>
    waitFor(
      async () => {
        const views = await shown();
        expect(new Set(views.map(({ id }) => id)).size).toBe(views.length);
        const approved = new Map(views.filter(({ status }) => status === 'approved').map((view) => [view.id, view]));
        const missing = comments.filter(({ id, content }) => approved.get(id)?.content !== content);
        expect(missing.map(({ id }) => id)).toEqual([]);
        return true;
      },
      { what: 'every accepted comment to be judged and shown', timeout: 60_000 },
    );

  beforeAll(async () => {
    real = await RealSystem.start();
    post = (await real.api.post<Post>('/posts', { title: 'Under fire' })).body;
    await waitFor(async () => (await real.api.get(`/posts/${post.id}`)).status === 200);
  }, 120_000);
  afterAll(() => real?.stop(), 60_000);

  it('loses no accepted comment while every process in turn is killed', async () => {
    const accepted: Comment[] = [];
    const stop = new AbortController();
    const poster = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const answer = await real.api
          .post<Comment>(`/posts/${post.id}/comments`, { content: aText() })
          // The gateway itself is killed too.
          .catch(() => undefined);
        if (answer?.status === 201) accepted.push(answer.body);
      }
    };
    const posters = Promise.all([poster(), poster(), poster()]);
    for (const label of ['posts', 'comments', 'moderation', 'query', 'gateway']) {
      const before = accepted.length;
      await waitFor(() => accepted.length >= before + 20, { what: 'comments before the kill' });
      await real.killAndAwait(label);
      const after = accepted.length;
      await waitFor(() => accepted.length >= after + 20, { what: 'comments after the kill' });
    }
    stop.abort();
    await posters;
    await allShown(accepted);
  });

  it('takes comments while RabbitMQ is down, and judges and shows them when it is back', async () => {
    await real.broker.stop();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => real.api.post<Comment>(`/posts/${post.id}/comments`, { content: aText() })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(201));
    await real.broker.start();
    await allShown(answers.map(({ body }) => body));
  });

  it('goes on after RabbitMQ was killed', async () => {
    await real.broker.kill();
    const { status, body } = await real.api.post<Comment>(`/posts/${post.id}/comments`, { content: aText() });
    expect(status).toBe(201);
    await real.broker.start();
    await allShown([body]);
  });
});
