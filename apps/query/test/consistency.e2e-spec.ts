import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Comment, type CommentView, encodeToken, type Post, type PostView, type Problem } from '#contracts';
import { TestSystem } from '#testing';
import { query } from '../src/app.js';
import { aComment, aPost } from './read-model.factory.js';

/** How long a read waits here, in milliseconds: no test is to wait for it by mistake. */
const WAIT = 400;

describe('a read with Consistency-Token', () => {
  let system: TestSystem;
  const read = <T>(path: string, ...tokens: string[]) =>
    system.http('query').get<T>(path, { 'consistency-token': tokens.join(', ') });
  const pathOf = ({ postId, id }: Comment) => `/posts/${postId}/comments/${id}`;
  /** Publishes a marker after all that was published before, and waits until it is shown. */
  const allSeen = async () => {
    const marker = aPost();
    await system.bus.publish('post.created', marker);
    await system.waitFor(async () => (await system.http('query').get(`/posts/${marker.id}`)).status === 200);
  };
  const deleted = { deletedAt: new Date().toISOString() };

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [query], env: { CONSISTENCY_WAIT: `${WAIT}ms` } });
  });
  afterAll(() => system.stop());

  it('is answered as soon as the write is seen, whatever it reads', async () => {
    const post = aPost();
    const comment = aComment({ postId: post.id, version: 3 });
    const tokens = [postToken(post), commentToken(comment)];
    const paths = ['/posts', `/posts/${post.id}`, `/posts/${post.id}/comments`, pathOf(comment)];
    const answers = paths.map((path) => read<unknown>(path, ...tokens));
    await system.bus.publish('post.created', post);
    await system.bus.publish('comment.created', comment);
    const [posts, one, comments, own] = await Promise.all(answers);
    expect([posts!.status, one!.status, comments!.status, own!.status]).toEqual([200, 200, 200, 200]);
    expect(posts!.body).toContainEqual(expect.objectContaining({ id: post.id, commentCount: 1 }));
    expect(one!.body).toMatchObject({ id: post.id, commentCount: 1 });
    expect(comments!.body).toMatchObject([{ id: comment.id, version: 3 }]);
    expect(own!.body).toMatchObject({ id: comment.id, version: 3 });
  });

  it('is refused when the write does not come in time, and says when to come back', async () => {
    const post = aPost({ version: 2 });
    await system.bus.publish('post.created', { ...post, version: 1 });
    await allSeen();
    const begun = performance.now();
    const { status, headers, body } = await read<Problem>(`/posts/${post.id}`, postToken(post));
    expect(performance.now() - begun).toBeGreaterThan(WAIT - 10);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:parley:problem:read-model-behind', instance: `/posts/${post.id}` });
    expect(body.detail).toContain(`${WAIT} ms`);
    expect((await system.http('query').get<PostView>(`/posts/${post.id}`)).body.version).toBe(1);
  });

  it('waits for all of several tokens', async () => {
    const [seen, unseen] = [aPost(), aPost()];
    await system.bus.publish('post.created', seen);
    expect((await read('/posts', postToken(seen), postToken(unseen))).status).toBe(503);
    const answer = read<PostView[]>('/posts', postToken(unseen), postToken(seen));
    await system.bus.publish('post.created', unseen);
    expect((await answer).body.map(({ id }) => id)).toEqual(expect.arrayContaining([seen.id, unseen.id]));
  });

  it('waits for the post of a comment: without it the comment is not shown', async () => {
    const comment = aComment();
    await system.bus.publish('comment.created', comment);
    await allSeen();
    expect((await read(pathOf(comment), commentToken(comment))).status).toBe(503);
    const answer = read<CommentView>(pathOf(comment), commentToken(comment));
    await system.bus.publish('post.created', aPost({ id: comment.postId }));
    expect((await answer).status).toBe(200);
  });

  it('counts as seen what is deleted, with its post too', async () => {
    const post = aPost();
    const [comment, other] = [aComment({ postId: post.id }), aComment({ postId: post.id, version: 7 })];
    await system.bus.publish('post.created', post);
    const gone = read(pathOf(comment), commentToken({ ...comment, version: 2 }));
    await system.bus.publish('comment.deleted', { id: comment.id, postId: post.id, version: 2, ...deleted });
    expect((await gone).status).toBe(404);
    expect((await read(pathOf(comment), commentToken({ ...comment, version: 1 }))).status).toBe(404);
    const allGone = read(pathOf(other), commentToken(other));
    await system.bus.publish('post.deleted', { id: post.id, version: 2, ...deleted });
    expect((await allGone).status).toBe(404);
    expect((await read(`/posts/${post.id}`, postToken({ ...post, version: 2 }))).status).toBe(404);
  });

  it('waits for a verdict until the comment has it, or a newer one', async () => {
    const post = aPost();
    const comment = aComment({ postId: post.id, version: 2 });
    const verdict = { thing: 'verdict', postId: post.id, id: comment.id, textVersion: 2 } as const;
    await system.bus.publish('post.created', post);
    await system.bus.publish('comment.edited', comment);
    const approved = encodeToken({ ...verdict, version: 3, status: 'approved' });
    const answer = read<CommentView>(pathOf(comment), approved);
    await system.bus.publish('comment.updated', { ...comment, version: 3, status: 'approved' });
    expect((await answer).body).toMatchObject({ status: 'approved', version: 3 });
    const rejected = encodeToken({ ...verdict, version: 4, status: 'rejected' });
    expect((await read(pathOf(comment), rejected)).status).toBe(503);
    // The verdict for version 4 was overtaken: comments applied the next one alone.
    const overtaken = encodeToken({ ...verdict, version: 5, status: 'approved' });
    expect((await read(pathOf(comment), overtaken)).status).toBe(200);
    await system.bus.publish('comment.edited', { ...comment, version: 4 });
    await allSeen();
    expect((await read<CommentView>(pathOf(comment), rejected)).body.status).toBe('pending');
  });

  it('is refused when its token is none, with what to do', async () => {
    for (const header of ['abc', '', ',', `${postToken(aPost())}, abc`]) {
      const { status, body } = await read<Problem>('/posts', header);
      expect([status, body.type]).toEqual([400, 'urn:parley:problem:bad-request']);
      expect(body.detail).toContain('as the answer to a write had it');
    }
  });

  it('is answered from the database after a restart', async () => {
    const post = aPost();
    await system.bus.publish('post.created', post);
    await allSeen();
    await system.stopApp('query');
    await system.startApp('query');
    expect((await read(`/posts/${post.id}`, postToken(post))).status).toBe(200);
  });
});

const postToken = ({ id, version }: Post): string => encodeToken({ thing: 'post', postId: id, version });
const commentToken = ({ postId, id, version }: Comment): string =>
  encodeToken({ thing: 'comment', postId, id, version });
