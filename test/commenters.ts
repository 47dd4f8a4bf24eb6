import { deepEqual, equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Comment, CommentView, Post } from '#contracts';
import { type HttpAnswer, type HttpClient, waitFor } from '#testing';

/** Clients that write comments, remember what was answered, and look whether all of it is judged and shown. */
export class Commenters {
  /** What was answered 201. */
  readonly accepted: Comment[] = [];
  /** Answers other than 201. */
  readonly refused: HttpAnswer<unknown>[] = [];
  /** What ended without an answer, as when the gateway itself was killed. */
  readonly brokenOff: unknown[] = [];
  private stopped = false;

  private constructor(
    private readonly api: HttpClient,
    private readonly post: Post,
  ) {}

  /** Writes the post that they comment on. */
  static async start(api: HttpClient): Promise<Commenters> {
    const post = await waitFor(async () => {
      const { status, body } = await api.post<Post>('/posts', { title: 'Under fire' });
      return status === 201 && body;
    });
    await waitFor(async () => (await api.get(`/posts/${post.id}`)).status === 200, { what: 'the post to be shown' });
    return new Commenters(api, post);
  }

  /** Writes one comment. */
  async write(): Promise<void> {
    // No two alike: moderation would take them for spam.
    const content = `A comment like no other: ${randomUUID()}`;
    try {
      const answer = await this.api.post<Comment>(`/posts/${this.post.id}/comments`, { content });
      if (answer.status === 201) this.accepted.push(answer.body);
      else this.refused.push(answer);
    } catch (error) {
      this.brokenOff.push(error);
    }
  }

  /** Writes one comment after the other with so many clients, until `stop` and what they have begun is answered. */
  async writeOn(clients: number): Promise<void> {
    this.stopped = false;
    const client = async (): Promise<void> => {
      while (!this.stopped) await this.write();
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  stop(): void {
    this.stopped = true;
  }

  /** Waits until so many more are accepted. */
  async more(count: number, what: string): Promise<void> {
    const before = this.accepted.length;
    await waitFor(() => this.accepted.length >= before + count, { what: `comments ${what}`, timeout: 60_000 });
  }

  /** Waits until the read model shows each accepted comment exactly once, approved and with its text. */
  async allShown(): Promise<void> {
    await waitFor(
      async () => {
        const views = await this.shown();
        equal(new Set(views.map(({ id }) => id)).size, views.length);
        const approved = new Map(views.filter(({ status }) => status === 'approved').map((view) => [view.id, view]));
        const missing = this.accepted.filter(({ id, content }) => approved.get(id)?.content !== content);
        const ids = missing.map(({ id }) => id);
        deepEqual(ids, []);
        return true;
      },
      // An event that failed thrice waits for more than two minutes.
      { what: 'every accepted comment to be judged and shown', timeout: 180_000 },
    );
  }

  /** All comments of the post as the read model shows them. */
  private async shown(): Promise<CommentView[]> {
    const all: CommentView[] = [];
    let path: string | undefined = `/posts/${this.post.id}/comments?limit=100`;
    while (path) {
      const answer: HttpAnswer<CommentView[]> = await this.api.get(path);
      all.push(...answer.body);
      path = /<\/api(.+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    return all;
  }
}
