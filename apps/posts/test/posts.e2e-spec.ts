import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Post, Problem } from '#contracts';
import { TestSystem } from '#testing';
import { posts } from '../src/app.js';

describe('posts', () => {
  let system: TestSystem;
  const http = () => system.http('posts');
  const create = async (body: object = { title: 'A title', body: 'A body' }): Promise<Post> =>
    (await http().post<Post>('/posts', body)).body;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [posts] });
  });
  afterAll(() => system.stop());

  it('creates a post and tells the others', async () => {
    const { status, headers, body } = await http().post<Post>('/posts', { title: '  A title ', body: 'A body' });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/posts/${body.id}`);
    expect(body).toMatchObject({ title: 'A title', body: 'A body', version: 1 });
    expect((await http().get(`/posts/${body.id}`)).body).toEqual(body);
    const event = await system.bus.waitFor('post.created', ({ id }) => id === body.id);
    expect(event).toMatchObject({ specversion: '1.0', source: 'urn:parley:posts', subject: body.id, data: body });
  });

  it('carries the trace of the request into the event', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await http().post<Post>('/posts', { title: 'Traced' }, { traceparent });
    const event = await system.bus.waitFor('post.created', ({ id }) => id === body.id);
    expect(event.traceparent).toBe(traceparent);
  });

  it('changes what a patch names, and makes no version of a patch that changes nothing', async () => {
    const post = await create();
    const { body: changed } = await http().patch<Post>(`/posts/${post.id}`, { title: 'Another' });
    expect(changed).toMatchObject({ title: 'Another', body: post.body, version: 2 });
    const { body: unchanged } = await http().patch<Post>(`/posts/${post.id}`, { title: 'Another' });
    expect(unchanged).toEqual(changed);
    await system.settled();
    const updates = system.bus.events('post.updated').filter(({ subject }) => subject === post.id);
    expect(updates.map(({ data }) => data)).toEqual([changed]);
  });

  it('deletes a post', async () => {
    const post = await create();
    expect((await http().delete(`/posts/${post.id}`)).status).toBe(204);
    expect((await http().get(`/posts/${post.id}`)).status).toBe(404);
    expect((await http().delete(`/posts/${post.id}`)).status).toBe(404);
    expect((await http().patch(`/posts/${post.id}`, { title: 'x' })).status).toBe(404);
    await system.bus.waitFor('post.deleted', ({ id, version }) => id === post.id && version === 2);
  });

  it('lists its posts newest first, in pages', async () => {
    const created = [await create(), await create(), await create()];
    const first = await http().get<Post[]>('/posts?limit=2');
    expect(first.body).toEqual([created[2], created[1]]);
    const next = /<(.+)>; rel="next"/.exec(first.headers.get('link')!)![1]!;
    expect((await http().get<Post[]>(next)).body[0]).toEqual(created[0]);
  });

  it('keeps every one of many posts made at once', async () => {
    const made = await Promise.all(Array.from({ length: 200 }, (_, n) => create({ title: `Post ${n}` })));
    const ids = new Set(made.map(({ id }) => id));
    expect(ids.size).toBe(200);
    await system.waitFor(() => system.bus.events('post.created').filter(({ data }) => ids.has(data.id)).length === 200);
  });

  it.each([
    ['an empty title', { title: '   ' }, '/title'],
    ['a title that is too long', { title: 'x'.repeat(201) }, '/title'],
    ['a body that is too long', { title: 'x', body: 'y'.repeat(20_001) }, '/body'],
    ['a title of another type', { title: 7 }, '/title'],
    ['an unknown field', { title: 'x', colour: 'red' }, ''],
  ])('refuses %s', async (_, body, pointer) => {
    const answer = await http().post<Problem>('/posts', body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ type: 'urn:parley:problem:validation-failed', status: 400 });
    expect(answer.body.errors?.[0]).toMatchObject({ in: 'body', pointer });
  });

  it('answers a page on another port', async () => {
    const { headers } = await http().request('OPTIONS', '/posts', undefined, {
      origin: 'http://localhost:5173',
      'access-control-request-method': 'PATCH',
    });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-methods')).toContain('PATCH');
  });
});
