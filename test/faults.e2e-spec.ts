import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, CommentView, Post } from '#contracts';
import { type HttpAnswer, onPostgres, waitFor } from '#testing';
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

  /** Posts comments without a pause until `stop` is called, which returns what was answered. */
  const underLoad = () => {
    const answers: HttpAnswer<Comment>[] = [];
    const stopping = new AbortController();
    const poster = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const answer = await real.api
          .post<Comment>(`/posts/${post.id}/comments`, { content: aText() })
          // The gateway itself may be killed.
          .catch(() => undefined);
        if (answer) answers.push(answer);
      }
    };
    const posters = Promise.all([poster(), poster(), poster()]);
    return {
      of: (status: number) => answers.filter((answer) => answer.status === status),
      stop: async () => {
        stopping.abort();
        await posters;
        return answers;
      },
    };
  };

  const accepted = (answers: HttpAnswer<Comment>[]): Comment[] =>
    answers.filter(({ status }) => status === 201).map(({ body }) => body);

  it('loses no accepted comment while every process in turn is killed', async () => {
    const load = underLoad();
    for (const label of ['posts', 'comments', 'moderation', 'query', 'gateway']) {
      const before = load.of(201).length;
      await waitFor(() => load.of(201).length >= before + 20, { what: 'comments before the kill' });
      await real.killAndAwait(label);
      const after = load.of(201).length;
      await waitFor(() => load.of(201).length >= after + 20, { what: 'comments after the kill' });
    }
    await allShown(accepted(await load.stop()));
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

  if (onPostgres) {
    it('loses no accepted comment while PostgreSQL is killed and started again, and says 503 meanwhile', async () => {
      const pids = real.system.processes.map(({ pid }) => pid);
      const load = underLoad();
      for (let round = 0; round < 3; round++) {
        const [taken, refused] = [load.of(201).length, load.of(503).length];
        await waitFor(() => load.of(201).length >= taken + 20, { what: 'comments before the kill' });
        await real.postgres.kill();
        await waitFor(() => load.of(503).length >= refused + 5, { what: 'comments to be refused', timeout: 60_000 });
        await real.postgres.start();
      }
      const taken = load.of(201).length;
      await waitFor(() => load.of(201).length >= taken + 20, { what: 'comments after the last start' });
      const answers = await load.stop();
      const refusals = answers.filter(({ status }) => status !== 201);
      expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([503]));
      expect(refusals[0]!.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      await allShown(accepted(answers));
      expect(real.system.processes.map(({ pid }) => pid)).toEqual(pids);
    });
  }
});
