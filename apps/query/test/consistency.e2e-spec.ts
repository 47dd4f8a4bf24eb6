import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Comment, type CommentView, encodeToken, type Post, type PostView, type Problem } from '#contracts';
import { TestSystem } from '#testing';
import { query } from '../src/app.js';
import { aComment, aPost } from './read-model.factory.js';

describe('a read with Consistency-Token', () => {
  let system: TestSystem;
  const read = <T>(path: string, ...tokens: string[]) => readFrom<T>(system, path, tokens);
  const deleted = { deletedAt: new Date().toISOString() };

  beforeAll(async () => {
    // Long, as other tests may keep the machine busy.
    system = await TestSystem.start({ apps: [query], env: { CONSISTENCY_WAIT: '10s' } });
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

  it('waits for all of several tokens', async () => {
    const [one, two] = [aPost(), aPost()];
    const answer = read<PostView[]>('/posts', postToken(one), postToken(two));
    await system.bus.publish('post.created', two);
    await system.bus.publish('post.created', one);
    expect((await answer).body.map(({ id }) => id)).toEqual(expect.arrayContaining([one.id, two.id]));
  });

  it('waits for the post of a comment: without it the comment is not shown', async () => {
    const comment = aComment();
    const answer = read<CommentView>(`/posts/${comment.postId}/comments`, commentToken(comment));
    await system.bus.publish('comment.created', comment);
    await system.bus.publish('post.created', aPost({ id: comment.postId }));
    expect((await answer).body).toMatchObject([{ id: comment.id }]);
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
    await system.bus.publish('post.created', post);
    await system.bus.publish('comment.edited', comment);
    const answer = read<CommentView>(pathOf(comment), verdictToken(comment, 3, 'approved'));
    await system.bus.publish('comment.updated', { ...comment, version: 3, status: 'approved' });
    expect((await answer).body).toMatchObject({ status: 'approved', version: 3 });
    // The verdict for version 4 was overtaken: comments applied the next one alone.
    expect((await read(pathOf(comment), verdictToken(comment, 5, 'approved'))).status).toBe(200);
    const rejected = read<CommentView>(pathOf(comment), verdictToken(comment, 4, 'rejected'));
    await system.bus.publish('comment.edited', { ...comment, version: 4 });
    expect((await rejected).body.status).toBe('pending');
  });

  it('is answered from the database after a restart', async () => {
    const post = aPost();
    await system.bus.publish('post.created', post);
    expect((await read(`/posts/${post.id}`, postToken(post))).status).toBe(200);
    await system.stopApp('query');
    await system.startApp('query');
    expect((await read(`/posts/${post.id}`, postToken(post))).status).toBe(200);
  });
});

describe('a read with Consistency-Token, refused', () => {
  /** How long a read waits here, in milliseconds. */
  const WAIT = 300;
  let system: TestSystem;
  const read = <T>(path: string, ...tokens: string[]) => readFrom<T>(system, path, tokens);
  const post = aPost();
  const orphan = aComment();
  const approved = aComment({ postId: post.id, version: 2, status: 'approved' });

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [query], env: { CONSISTENCY_WAIT: `${WAIT}ms` } });
    await system.bus.publish('comment.created', orphan);
    await system.bus.publish('comment.updated', approved);
    await system.bus.publish('post.created', post);
    await system.waitFor(async () => (await read(`/posts/${post.id}`, postToken(post))).status === 200);
  });
  afterAll(() => system.stop());

  it('when the write does not come in time, and says when to come back', async () => {
    const begun = performance.now();
    const { status, headers, body } = await read<Problem>(`/posts/${post.id}`, postToken({ ...post, version: 2 }));
    expect(performance.now() - begun).toBeGreaterThan(WAIT - 10);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:parley:problem:read-model-behind', instance: `/posts/${post.id}` });
    expect(body.detail).toContain(`${WAIT} ms`);
  });

  it.each([
    ['one of several writes', [postToken(post), postToken(aPost())]],
    ["a comment's post", [commentToken(orphan)]],
    ['an edit of a comment', [commentToken({ ...approved, version: 3 })]],
    ['a verdict that overrules', [verdictToken(approved, 3, 'rejected')]],
    ['a verdict on a newer text', [verdictToken({ ...approved, version: 3 }, 4, 'approved')]],
  ])('when %s does not come', async (_what, tokens) => {
    expect((await read('/posts', ...tokens)).status).toBe(503);
  });

  it.each(['abc', '', ',', `${postToken(post)}, abc`])('when its token is none: %s', async (header) => {
    const { status, body } = await read<Problem>('/posts', header);
    expect([status, body.type]).toEqual([400, 'urn:parley:problem:bad-request']);
    expect(body.detail).toContain('as the answer to a write had it');
  });
});

const readFrom = <T>(system: TestSystem, path: string, tokens: string[]) =>
  system.http('query').get<T>(path, { 'consistency-token': tokens.join(', ') });

const pathOf = ({ postId, id }: Comment) => `/posts/${postId}/comments/${id}`;

function postToken({ id, version }: Post): string {
  return encodeToken({ thing: 'post', postId: id, version });
}

function commentToken({ postId, id, version }: Comment): string {
  return encodeToken({ thing: 'comment', postId, id, version });
}

/** Of the verdict on this version of `comment` that makes `version`. */
function verdictToken(comment: Comment, version: number, status: 'approved' | 'rejected'): string {
  const { postId, id, version: textVersion } = comment;
  return encodeToken({ thing: 'verdict', postId, id, version, textVersion, status });
}
