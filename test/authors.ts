import { randomUUID } from 'node:crypto';
import type { Comment, Post } from '#contracts';
import { type HttpAnswer, type HttpClient, waitFor } from '#testing';

/** What is known of a comment from the answers to whoever wrote it. */
export interface Written {
  id: string;
  /** The text that was accepted last; undefined once its deletion was. */
  content: string | undefined;
}

/** Clients that write comments, change them and delete some, and remember what was accepted. */
export class Authors {
  readonly written: Written[] = [];
  /** Requests that were refused or got no answer: nobody knows what came of them. */
  failed = 0;
  private accepted = 0;
  private stopped = false;

  constructor(
    private readonly api: HttpClient,
    private readonly post: Post,
  ) {}

  /** Writes with so many clients, until `stop` and what they have begun is answered. */
  async writeOn(clients: number): Promise<void> {
    const client = async (): Promise<void> => {
      while (!this.stopped) await this.writeOne();
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  stop(): void {
    this.stopped = true;
  }

  /** Waits until so many more requests were accepted. */
  async more(count: number): Promise<void> {
    const target = this.accepted + count;
    await waitFor(() => this.accepted >= target, { what: `${count} more accepted writes`, timeout: 60_000 });
  }

  /** Writes a comment and changes it; every third one is deleted then. */
  private async writeOne(): Promise<void> {
    const path = `/api/posts/${this.post.id}/comments`;
    const content = text();
    const answer = await this.ask<Comment>(this.api.post(path, { content }));
    if (!answer) return;
    const written: Written = { id: answer.body.id, content };
    const own = `${path}/${written.id}`;
    const changed = text();
    if (!(await this.ask(this.api.patch(own, { content: changed })))) return;
    written.content = changed;
    if (this.accepted % 3 === 0) {
      if (!(await this.ask(this.api.delete(own)))) return;
      written.content = undefined;
    }
    // Only those of which all is known.
    this.written.push(written);
  }

  /** @returns the answer, if it was accepted */
  private async ask<T>(request: Promise<HttpAnswer<T>>): Promise<HttpAnswer<T> | undefined> {
    const answer = await request.catch(() => undefined);
    if (answer && answer.status < 300) {
      this.accepted += 1;
      return answer;
    }
    this.failed += 1;
    return undefined;
  }
}

/** No two alike: moderation would take them for spam. */
const text = (): string => `A comment like no other: ${randomUUID()}`;
