import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Post } from '#contracts';
import { TestSystem } from '#testing';
import { query } from '../src/app.js';
import { SseReader } from './sse-reader.js';
import { aComment, aPost } from './read-model.factory.js';

describe('GET /events', () => {
  let system: TestSystem;
  const open = (lastEventId?: string) => SseReader.open(`${system.http('query').baseUrl}/events`, lastEventId);

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [query] });
  });
  afterAll(() => system.stop());

  it('sends every change of the read model, without the text of comments that are not approved', async () => {
    const stream = await open();
    const post = aPost();
    const comment = aComment({ postId: post.id });
    await system.bus.publish('post.created', post);
    await system.bus.publish('comment.created', comment);
    await system.bus.publish('comment.updated', { ...comment, status: 'approved', version: 2 });
    await system.bus.publish('comment.deleted', {
      id: comment.id,
      postId: post.id,
      deletedAt: comment.createdAt,
      version: 3,
    });
    await system.bus.publish('post.deleted', { id: post.id, deletedAt: comment.createdAt, version: 2 });
    await stream.waitFor((events) => events.some(({ event }) => event === 'post.deleted'));
    expect(stream.events.map(({ event, data }) => ({ event, data }))).toEqual([
      { event: 'post.changed', data: post },
      { event: 'comment.changed', data: { comment: { ...comment, content: null }, commentCount: 1 } },
      {
        event: 'comment.changed',
        data: { comment: { ...comment, status: 'approved', version: 2 }, commentCount: 1 },
      },
      { event: 'comment.deleted', data: { id: comment.id, postId: post.id, commentCount: 0 } },
      { event: 'post.deleted', data: { id: post.id } },
    ]);
    stream.close();
  });

  it('resumes after Last-Event-ID, over a restart too', async () => {
    const stream = await open();
    const posts = [aPost(), aPost(), aPost()];
    for (const post of posts) await system.bus.publish('post.created', post);
    await stream.waitFor((events) => events.length === 3);
    const { id } = stream.events[0]!;
    await system.stopApp('query');
    await stream.waitForEnd();
    await system.startApp('query');
    await system.ready('query');
    const resumed = await open(id);
    await resumed.waitFor((events) => events.length === 2);
    expect(resumed.events.map(({ data }) => (data as Post).id)).toEqual([posts[1]!.id, posts[2]!.id]);
    resumed.close();
  });

  it('lets a client that saw no event yet resume', async () => {
    const stream = await open();
    const start = await system.waitFor(() => stream.lastEventId);
    stream.close();
    const post = aPost();
    await system.bus.publish('post.created', post);
    await system.waitFor(async () => (await system.http('query').get(`/posts/${post.id}`)).status === 200);
    const resumed = await open(start);
    await resumed.waitFor((events) => events.length === 1);
    expect(resumed.events[0]!.data).toEqual(post);
    resumed.close();
  });

  it('tells a client to start over when what it missed is no longer known', async () => {
    const stream = await open('999999999');
    await stream.waitFor((events) => events[0]?.event === 'reset');
    stream.close();
  });

  it('refuses a Last-Event-ID that is none', async () => {
    const { status } = await system.http('query').get('/events', { 'last-event-id': 'yesterday' });
    expect(status).toBe(400);
  });
});
