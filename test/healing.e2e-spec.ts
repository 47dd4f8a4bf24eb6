import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Comment, ModerationCase, Post } from '#contracts';
import { UnitOfWork } from '#database';
import { TestSystem } from '#testing';
import { comments } from '../apps/comments/src/app.js';
import { moderation } from '../apps/moderation/src/app.js';
import { posts } from '../apps/posts/src/app.js';
import { Broker } from '../libs/messaging/test/broker.js';

describe('what stood in a queue that somebody deleted', () => {
  let system: TestSystem;
  let post: Post;
  const aComment = async (content: string): Promise<Comment> =>
    (await system.http('comments').post<Comment>(`/posts/${post.id}/comments`, { content })).body;
  const someComments = () => Promise.all(Array.from({ length: 20 }, (_, n) => aComment(`Comment number ${n}`)));
  const wait = (queue: string, messages: number) =>
    system.waitFor(async () => (await new Broker(system.vhost.url).stateOf(queue)).ready >= messages, {
      what: `${messages} messages in ${queue}`,
    });
  const current = async ({ postId, id }: Comment): Promise<Comment> =>
    (await system.http('comments').get<Comment>(`/posts/${postId}/comments/${id}`)).body;
  const judged = (comment: Comment) =>
    system.waitFor(async () => (await current(comment)).status !== 'pending', { what: `${comment.id} to be judged` });
  const updates = ({ id }: Comment) => system.bus.events('comment.updated').filter(({ subject }) => subject === id);
  const caseOf = async ({ id }: Comment): Promise<ModerationCase> =>
    (await system.http('moderation').get<ModerationCase>(`/moderation/cases/${id}`)).body;

  /** Makes it as late as it has to be for an app's events to be repeated. */
  const letTimePass = (app: 'posts' | 'moderation') =>
    system
      .app(app)
      .get(UnitOfWork)
      .run((manager) => manager.query(`UPDATE repeats SET "repeatAt" = ''`));

  /** Each is judged, once: one version of it, of its case, and one update. */
  const eachIsJudgedOnce = async (made: Comment[]): Promise<void> => {
    for (const comment of made) await judged(comment);
    // What was announced more than once meanwhile has been answered when this one is.
    const last = await aComment('The last one');
    await judged(last);
    for (const comment of made) {
      await system.waitFor(() => updates(comment).length);
      expect(updates(comment)).toHaveLength(1);
      expect(await current(comment)).toMatchObject({ status: 'approved', version: 2 });
      expect(await caseOf(comment)).toMatchObject({ state: 'approved', version: 1 });
    }
  };

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [posts, comments, moderation], env: { REANNOUNCE_AFTER: '300ms' } });
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    post = (await system.http('posts').post<Post>('/posts', { title: 'A post' })).body;
  });

  it('comments that moderation never heard of are judged', async () => {
    await system.stopApp('moderation');
    const made = await someComments();
    await wait('moderation', made.length);
    await system.vhost.deleteQueue('moderation');
    await system.startApp('moderation');
    await eachIsJudgedOnce(made);
  });

  it('comments of a deleted post are deleted, and their text is forgotten', async () => {
    const made = await someComments();
    for (const comment of made) await judged(comment);
    await system.stopApp('moderation');
    await system.stopApp('comments');
    await system.http('posts').delete(`/posts/${post.id}`);
    await system.bus.waitFor('post.deleted', ({ id }) => id === post.id);
    for (const queue of ['comments', 'moderation']) await system.vhost.deleteQueue(queue);
    await system.startApp('comments');
    await system.startApp('moderation');
    for (const app of ['comments', 'moderation'] as const) await system.ready(app);
    await letTimePass('posts');
    for (const { id } of made) {
      await system.waitFor(
        async () => (await system.http('comments').get(`/posts/${post.id}/comments/${id}`)).status === 404,
      );
      await system.waitFor(async () => (await system.http('moderation').get(`/moderation/cases/${id}`)).status === 404);
    }
  });

  it("a person's verdict, which overrules another, is heard", async () => {
    const comment = await aComment('Judged twice');
    await judged(comment);
    await system.stopApp('comments');
    const verdict = { status: 'rejected', reason: 'not so fine' };
    await system.http('moderation').post(`/moderation/cases/${comment.id}/verdict`, verdict);
    await wait('comments', 1);
    await system.vhost.deleteQueue('comments');
    await system.startApp('comments');
    await system.ready('comments');
    await letTimePass('moderation');
    await system.waitFor(async () => (await current(comment)).status === 'rejected');
    expect(await current(comment)).toMatchObject({ version: 3 });
  });

  it('verdicts that comments never heard of are heard', async () => {
    await system.stopApp('moderation');
    const made = await someComments();
    await wait('moderation', made.length);
    await system.stopApp('comments');
    await system.startApp('moderation');
    await wait('comments', made.length);
    await system.vhost.deleteQueue('comments');
    await system.startApp('comments');
    await eachIsJudgedOnce(made);
  });
});
