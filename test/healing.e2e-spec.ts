import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Comment, ModerationCase, Post } from '#contracts';
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
