import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Comment, Post } from '#contracts';
import { UnitOfWork } from '#database';
import { OutboxRelay } from '#messaging';
import { TestSystem } from '#testing';
import { posts } from '../../posts/src/app.js';
import { comments } from '../src/app.js';
import { Comment as StoredComment } from '../src/comments/comment.entity.js';
import { PendingComments } from '../src/pending/pending-comments.service.js';
import { aVerdictOn } from './comment.factory.js';

type Health = { checks: Record<string, { up: boolean; waiting: number; oldestSeconds: number }> };

/** So short that a comment is announced several times within a test. */
const REANNOUNCE_AFTER = '200ms';

describe('a comment whose verdict does not come', () => {
  let system: TestSystem;
  const http = () => system.http('comments');
  const aComment = async (content = 'A comment'): Promise<Comment> => {
    const { body: post } = await system.http('posts').post<Post>('/posts', { title: 'A post' });
    return (await http().post<Comment>(`/posts/${post.id}/comments`, { content })).body;
  };
  const pathOf = ({ postId, id }: Comment): string => `/posts/${postId}/comments/${id}`;
  const announcements = (type: 'comment.created' | 'comment.edited', { id }: Comment) =>
    system.bus.events(type).filter(({ subject }) => subject === id);
  const announced = (type: 'comment.created' | 'comment.edited', comment: Comment, times: number) =>
    system.waitFor(() => announcements(type, comment).length >= times, { what: `${times} announcements` });
  const stored = (comment: Comment) =>
    system
      .app('comments')
      .get(UnitOfWork)
      .run((manager) => manager.findOneByOrFail(StoredComment, { id: comment.id }));

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [posts, comments], env: { REANNOUNCE_AFTER } });
  });
  afterAll(() => system.stop());

  it('is announced again as it was, as a new event, later each time', async () => {
    const comment = await aComment();
    await announced('comment.created', comment, 3);
    const events = announcements('comment.created', comment).slice(0, 3);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    expect(events.map(({ data }) => data)).toEqual([comment, comment, comment]);
    const times = events.map(({ time }) => Date.parse(time));
    // Counted from a moment before the event is made.
    expect(times[1]! - times[0]!).toBeGreaterThan(150);
    expect(times[2]! - times[1]!).toBeGreaterThan(300);
  });

  it('is announced as edited when it was, and what was before the edit no more', async () => {
    const comment = await aComment();
    const { body: edited } = await http().patch<Comment>(pathOf(comment), { content: 'Better' });
    await announced('comment.edited', edited, 2);
    expect(announcements('comment.edited', edited).map(({ data }) => data)).toEqual(
      announcements('comment.edited', edited).map(() => edited),
    );
    expect(announcements('comment.created', comment)).toHaveLength(1);
  });

  it('is announced no more once its verdict is there, or it is deleted', async () => {
    const [judged, deleted] = [await aComment(), await aComment()];
    await announced('comment.created', judged, 2);
    await system.bus.publish('comment.moderated', aVerdictOn(judged));
    await system.bus.waitFor('comment.updated', ({ id }) => id === judged.id);
    await http().delete(pathOf(deleted));
    const counts = () => [judged, deleted].map((comment) => announcements('comment.created', comment).length);
    // What was stored before that may still be on its way.
    await system.waitFor(async () => (await system.app('comments').get(OutboxRelay).pending()) === 0);
    const before = counts();
    const other = await aComment();
    await announced('comment.created', other, 3);
    expect(counts()).toEqual(before);
    expect((await stored(judged)).status).toBe('approved');
  });

  it('is counted in health until it is judged', async () => {
    const comment = await aComment();
    const { waiting } = await system.app('comments').get(PendingComments).backlog();
    const counted = (expected: number) =>
      system.waitFor(async () => (await health()).checks['pending']!.waiting === expected);
    await counted(waiting);
    await system.bus.publish('comment.moderated', aVerdictOn(comment));
    await counted(waiting - 1);
    expect((await health()).checks).toMatchObject({ outbox: { up: true }, pending: { up: true } });
  });

  it('is announced again though a copy of the version before stored it, which knew nothing of this', async () => {
    const body = await aComment();
    const comment = { ...body, id: uuidv7() };
    const columns = { ...comment, contentVersion: 1, verdictVersion: 0 };
    const names = Object.keys(columns).map((name) => `"${name}"`);
    const values = Object.values(columns).map((value) => `'${value}'`);
    const insert = `INSERT INTO comments (${names.join()}) VALUES (${values.join()})`;
    await system
      .app('comments')
      .get(UnitOfWork)
      .run((manager) => manager.query(insert));
    await announced('comment.created', comment, 2);
  });

  it('takes the verdict on an edited text even if moderation began to count anew', async () => {
    const comment = await aComment();
    await system.bus.publish('comment.moderated', aVerdictOn(comment, { version: 7 }));
    await system.bus.waitFor('comment.updated', ({ id }) => id === comment.id);
    const { body: edited } = await http().patch<Comment>(pathOf(comment), { content: 'Better' });
    await system.bus.publish('comment.moderated', aVerdictOn(edited, { version: 1 }));
    await system.bus.waitFor('comment.updated', ({ id, version }) => id === comment.id && version > edited.version);
  });

  const health = async (): Promise<Health> => (await http().get<Health>('/health/ready')).body;
});
