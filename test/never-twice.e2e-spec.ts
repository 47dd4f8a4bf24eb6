import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppName, type Comment, type CommentView, eventTypes, type ModerationCase, type Post } from '#contracts';
import type { HttpAnswer, TestSystem } from '#testing';
import { Authors } from './authors.js';
import { startWholeSystem } from './whole-system.js';

/** Every service in turn crashes in the middle of its work; then all that they hold is compared, to the last version. */
describe('never lost, never twice', { timeout: 300_000 }, () => {
  let system: TestSystem;
  let post: Post;
  let authors: Authors;

  beforeAll(async () => {
    system = await startWholeSystem();
    const api = system.http('gateway');
    post = await system.waitFor(async () => {
      const { status, body } = await api.post<Post>('/api/posts', { title: 'Under fire' });
      return status === 201 && body;
    });
    await system.settled();
    authors = new Authors(api, post);
    const writing = authors.writeOn(4);
    for (const name of ['posts', 'comments', 'moderation', 'query', 'gateway'] as const) {
      await authors.more(12);
      system.crash(name);
      await system.restart(name);
    }
    await authors.more(12);
    authors.stop();
    await writing;
    await system.settled({ timeout: 120_000 });
  }, 300_000);
  afterAll(() => system.stop());

  /** All items of a list, page by page. */
  const all = async <T extends { id?: string; commentId?: string }>(name: AppName, path: string): Promise<T[]> => {
    const items: T[] = [];
    for (;;) {
      const last = items.at(-1);
      const cursor = last ? `&cursor=${last.id ?? last.commentId}` : '';
      const page: HttpAnswer<T[]> = await system.http(name).get(`${path}?limit=100${cursor}`);
      expect(page.status).toBe(200);
      if (page.body.length === 0) return items;
      items.push(...page.body);
    }
  };
  const comments = () => all<Comment>('comments', `/posts/${post.id}/comments`);

  it('has kept every accepted comment, its last text and nothing that was deleted', async () => {
    const kept = new Map((await comments()).map((comment) => [comment.id, comment]));
    expect(authors.written.length).toBeGreaterThan(10);
    // Those whose service died on them: else it was not in the middle of anything.
    expect(authors.failed).toBeGreaterThan(0);
    for (const { id, content } of authors.written) expect([id, kept.get(id)?.content]).toEqual([id, content]);
  });

  it('has judged every comment', async () => {
    const [kept, cases] = [await comments(), await all<ModerationCase>('moderation', '/moderation/cases')];
    expect(kept.filter(({ status }) => status !== 'approved')).toEqual([]);
    const judged = cases.map(({ commentId, content }) => [commentId, content]);
    expect(judged).toEqual(kept.map(({ id, content }) => [id, content]));
  });

  it('shows exactly what the comments service holds', async () => {
    expect(await all<CommentView>('query', `/posts/${post.id}/comments`)).toEqual(await comments());
    const { body } = await system.http('query').get<{ commentCount: number }>(`/posts/${post.id}`);
    expect(body.commentCount).toBe((await comments()).length);
  });

  it('has told of each version once, and left none out', () => {
    const histories = new Map<string, Map<string, number>>();
    for (const type of ['comment.created', 'comment.edited', 'comment.updated', 'comment.deleted'] as const) {
      for (const { id, data } of system.bus.events(type)) {
        // The same event may be published again, and is known by its id.
        const history = histories.get(data.id) ?? new Map<string, number>();
        histories.set(data.id, history.set(id, data.version));
      }
    }
    for (const history of histories.values()) {
      const versions = [...history.values()].toSorted((a, b) => a - b);
      expect(versions).toEqual(versions.map((_, index) => index + 1));
    }
    const verdicts = new Map(system.bus.events('comment.moderated').map(({ id, data }) => [id, data]));
    const texts = [...verdicts.values()].map(({ commentId, commentVersion }) => `${commentId} ${commentVersion}`);
    expect(new Set(texts).size).toBe(texts.length);
    expect(eventTypes.flatMap((type) => system.bus.events(type)).length).toBeGreaterThan(authors.written.length * 3);
  });

  it('has given up nothing', async () => {
    for (const queue of ['comments.dead', 'moderation.dead', 'query.dead']) {
      expect(await system.vhost.peek(queue)).toEqual([]);
    }
  });
});
