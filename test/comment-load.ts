import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Comment, CommentView, Post } from '#contracts';
import { type HttpAnswer, waitFor } from '#testing';
import type { RealSystem } from './real-system.js';

/** No two alike: moderation would take them for spam. */
export const aText = (): string => `A comment like no other: ${randomUUID()}`;

/** Posts comments without a pause, three at a time. */
export class CommentLoad {
  private readonly answers: HttpAnswer<Comment>[] = [];
  private readonly stopping = new AbortController();
  private readonly posters: Promise<unknown>;

  constructor(
    private readonly real: RealSystem,
    private readonly post: Post,
  ) {
    this.posters = Promise.all([this.work(), this.work(), this.work()]);
  }

  /** How many were answered with this status so far. */
  count(status: number): number {
    return this.answers.filter((answer) => answer.status === status).length;
  }

  /** Waits until so many more were answered with this status. */
  async more(count: number, status: number): Promise<void> {
    const before = this.count(status);
    const options = { what: `${count} more answers with status ${status}`, timeout: 60_000 };
    await waitFor(() => this.count(status) >= before + count, options);
  }

  /** @returns all answers */
  async stop(): Promise<HttpAnswer<Comment>[]> {
    this.stopping.abort();
    await this.posters;
    return this.answers;
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const answer = await this.real.api
        .post<Comment>(`/posts/${this.post.id}/comments`, { content: aText() })
        // The gateway itself may be killed.
        .catch(() => undefined);
      if (answer) this.answers.push(answer);
    }
  }
}

/** The comments that were accepted. */
export const accepted = (answers: HttpAnswer<Comment>[]): Comment[] =>
  answers.filter(({ status }) => status === 201).map(({ body }) => body);

/** Waits until the read model shows each of these comments exactly once, approved and with its text. */
export const allShown = (real: RealSystem, post: Post, comments: Comment[]): Promise<boolean> =>
  waitFor(
    async () => {
      const views = await shown(real, post);
      expect(new Set(views.map(({ id }) => id)).size).toBe(views.length);
      const approved = new Map(views.filter(({ status }) => status === 'approved').map((view) => [view.id, view]));
      const missing = comments.filter(({ id, content }) => approved.get(id)?.content !== content);
      expect(missing.map(({ id }) => id)).toEqual([]);
      return true;
    },
    // An event that failed thrice waits for more than two minutes.
    { what: 'every accepted comment to be judged and shown', timeout: 180_000 },
  );

/** All comments of the post as the read model shows them. */
async function shown(real: RealSystem, post: Post): Promise<CommentView[]> {
  const all: CommentView[] = [];
  let path: string | undefined = `/posts/${post.id}/comments?limit=100`;
  while (path) {
    const answer: HttpAnswer<CommentView[]> = await real.api.get(path);
    all.push(...answer.body);
    path = /<\/api(.+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return all;
}
