import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, CommentView, ModerationCase, Post, PostView, Problem } from '#contracts';
import type { TestSystem } from '#testing';
import { startWholeSystem } from './whole-system.js';

const ROUNDS = 10;

/** Nothing here waits for the read model: that is what the tokens are for. */
describe('reading your own writes, through the gateway', () => {
  let system: TestSystem;
  const api = () => system.http('gateway');
  const aPost = () => api().post<Post>('/api/posts', { title: 'A post' });
  const aComment = (postId: string, content = 'A comment', headers: Record<string, string> = {}) =>
    api().post<Comment>(`/api/posts/${postId}/comments`, { content }, headers);
  const read = <T>(path: string, ...writes: { headers: Headers }[]) =>
    api().get<T>(path, { 'consistency-token': writes.map(tokenOf).join(',') });

  beforeAll(async () => {
    // Long, as other tests may keep the machine busy.
    system = await startWholeSystem({ env: { CONSISTENCY_WAIT: '10s' } });
  });
  afterAll(() => system.stop());

  it('shows each write to whoever sends its token back', { timeout: 180_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const post = await aPost();
      const path = `/api/posts/${post.body.id}`;
      const list = await read<PostView[]>('/api/posts?limit=1', post);
      expect(list.body.map(({ id }) => id)).toEqual([post.body.id]);

      const patched = await api().patch<Post>(path, { title: `Title ${round}` });
      expect((await read<PostView>(path, patched)).body.title).toBe(`Title ${round}`);

      const comment = await aComment(post.body.id);
      const own = `${path}/comments/${comment.body.id}`;
      expect((await read<CommentView>(own, comment)).status).toBe(200);
      const edited = await api().patch<Comment>(own, { content: `Text ${round}` });
      expect((await read<CommentView>(own, edited)).body.version).toBeGreaterThanOrEqual(edited.body.version);
      const shown = await read<PostView>(path, patched, comment, edited);
      expect(shown.body).toMatchObject({ title: `Title ${round}`, commentCount: 1 });

      expect((await read(own, await api().delete(own))).status).toBe(404);
      expect((await read(path, await api().delete(path))).status).toBe(404);
    }
  });

  it('gives a write that changed nothing the token of what there is', async () => {
    const post = await aPost();
    const again = await api().patch<Post>(`/api/posts/${post.body.id}`, { title: 'A post' });
    expect(tokenOf(again)).toBe(tokenOf(post));
    const comment = await aComment(post.body.id, 'A comment', { prefer: 'wait=10' });
    const path = `/api/posts/${post.body.id}/comments/${comment.body.id}`;
    expect(tokenOf(await api().patch<Comment>(path, { content: 'A comment' }))).toBe(tokenOf(comment));
  });

  it('gives an answer that refuses a write no token', async () => {
    const refused = [
      await api().post('/api/posts', { title: '' }),
      await api().delete('/api/posts/019a2f4e-7c1b-7d3a-9e55-0c2f6a1b8d47'),
    ];
    expect(refused.map(({ status, headers }) => [status, headers.has('consistency-token')])).toEqual([
      [400, false],
      [404, false],
    ]);
  });

  it('shows the verdict of a person', async () => {
    const post = await aPost();
    const comment = await aComment(post.body.id, 'A comment', { prefer: 'wait=10' });
    expect(comment.body.status).toBe('approved');
    const moderation = system.http('moderation');
    for (const status of ['rejected', 'approved', 'approved', 'rejected']) {
      const path = `/moderation/cases/${comment.body.id}/verdict`;
      const verdict = await moderation.post<ModerationCase>(path, { status, reason: 'I looked' });
      const shown = await read<CommentView>(`/api/posts/${post.body.id}/comments/${comment.body.id}`, verdict);
      expect(shown.body.status).toBe(status);
    }
  });

  it('refuses a token that is none', async () => {
    const { status, body } = await api().get<Problem>('/api/posts', { 'consistency-token': 'mine' });
    expect([status, body.instance]).toEqual([400, '/api/posts']);
  });

  it('is for pages of other origins, too', async () => {
    const { headers } = await api().request('POST', '/api/posts', { title: 'A post' }, { origin: 'https://a.example' });
    const exposed = headers.get('access-control-expose-headers')?.toLowerCase();
    expect(exposed).toContain('consistency-token');
    expect(exposed).toContain('preference-applied');
    const asked = await api().request('OPTIONS', '/api/posts', undefined, {
      origin: 'https://a.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'consistency-token,prefer',
    });
    expect(asked.headers.get('access-control-allow-headers')).toBe('consistency-token,prefer');
  });

  describe('Prefer: wait', () => {
    it('answers a POST and a PATCH with the verdict, and its token', async () => {
      const post = await aPost();
      const comment = await aComment(post.body.id, 'A comment', { prefer: 'respond-async, wait=10' });
      expect([comment.status, comment.headers.get('preference-applied')]).toEqual([201, 'wait=10']);
      expect(comment.body).toMatchObject({ status: 'approved', version: 2 });
      const path = `/api/posts/${post.body.id}/comments/${comment.body.id}`;
      expect(comment.headers.get('location')).toBe(path);
      expect((await read<CommentView>(path, comment)).body).toEqual(comment.body);

      const edited = await api().request<Comment>('PATCH', path, { content: 'A better one' }, { prefer: 'wait=10' });
      expect([edited.status, edited.headers.get('preference-applied')]).toEqual([200, 'wait=10']);
      expect(edited.body).toMatchObject({ content: 'A better one', status: 'approved', version: 4 });
      expect((await read<CommentView>(path, edited)).body).toEqual(edited.body);
    });

    it('answers as pending when there is no verdict in time, and lowers what is too long', async () => {
      const post = await aPost();
      const links = 'http://a.example http://b.example http://c.example http://d.example';
      const comment = await aComment(post.body.id, links, { prefer: 'wait=1' });
      expect([comment.status, comment.headers.get('preference-applied')]).toEqual([201, 'wait=1']);
      expect(comment.body).toMatchObject({ status: 'pending', version: 1 });
      const lowered = await aComment(post.body.id, 'A comment', { prefer: 'wait=600' });
      expect(lowered.headers.get('preference-applied')).toBe('wait=10');
    });

    it('passes over what it does not know or understand', async () => {
      const post = await aPost();
      for (const prefer of ['handling=strict', 'wait', 'wait=soon', '"wait=10']) {
        const comment = await aComment(post.body.id, 'A comment', { prefer });
        expect([comment.status, comment.body.status]).toEqual([201, 'pending']);
        expect(comment.headers.has('preference-applied')).toBe(false);
      }
    });

    it('is waited for as long as the gateway allows, and ends when the service stops', async () => {
      const post = await aPost();
      await system.stopApp('moderation');
      const begun = performance.now();
      const longest = await aComment(post.body.id, 'Nobody judges me', { prefer: 'wait=10' });
      expect(performance.now() - begun).toBeGreaterThan(9_900);
      expect([longest.status, longest.body.status]).toEqual([201, 'pending']);
      const unjudged = aComment(post.body.id, 'Nobody judges me either', { prefer: 'wait=10' });
      await system.bus.waitFor('comment.created', ({ content }) => content.endsWith('either'));
      await system.stopApp('comments');
      const answer = await unjudged;
      expect([answer.status, answer.body.status]).toEqual([201, 'pending']);
      // After the whole time it would say that it has waited.
      expect(answer.headers.has('preference-applied')).toBe(false);
      await system.startApp('comments');
      await system.startApp('moderation');
      const path = `/api/posts/${post.body.id}/comments/${answer.body.id}`;
      await system.waitFor(async () => (await read<CommentView>(path, answer)).body.status === 'approved');
    });
  });
});

const tokenOf = ({ headers }: { headers: Headers }): string => headers.get('consistency-token')!;
