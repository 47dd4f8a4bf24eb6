import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppName, Comment, Post, PostView, Problem } from '#contracts';
import { TestVhost, waitFor } from '#testing';
import { TcpLink } from '../chaos/faults/link.mjs';
import { RealProcess } from './real-process.js';

/** Copies as real processes: two of query, of which one can be cut off from the events, and two of comments. */
describe('reading your own writes from copies', { timeout: 240_000 }, () => {
  let vhost: TestVhost;
  let folder: string;
  let link: TcpLink;
  let gateway: RealProcess;
  let comments: RealProcess;
  let moderation: RealProcess;
  let cutOff: RealProcess;
  let other: RealProcess;
  const running: RealProcess[] = [];

  const start = async (name: AppName, env: Record<string, string> = {}): Promise<RealProcess> => {
    const DATABASE_URL = `sqlite:${join(folder, `${name === 'query' ? `query-${running.length}` : name}.db`)}`;
    const process = await RealProcess.start(name, { RABBITMQ_URL: vhost.url, DATABASE_URL, ...env });
    running.push(process);
    return process;
  };
  const urlOf = ({ http }: RealProcess) => http.baseUrl;
  const aPost = () => gateway.http.post<Post>('/api/posts', { title: 'A post' });
  const tokenOf = ({ headers }: { headers: Headers }) => ({ 'consistency-token': headers.get('consistency-token')! });

  beforeAll(async () => {
    vhost = await TestVhost.create();
    folder = await mkdtemp(join(tmpdir(), 'parley-consistency-'));
    const { hostname, port, username, password, pathname } = new URL(vhost.url);
    link = await TcpLink.open({ host: hostname, port: Number(port) });
    cutOff = await start('query', {
      RABBITMQ_URL: `amqp://${username}:${password}@127.0.0.1:${link.port}${pathname}`,
    });
    other = await start('query');
    const posts = await start('posts');
    const POSTS_URLS = urlOf(posts);
    comments = await start('comments', { POSTS_URLS, DRAIN_DELAY: '20s' });
    await start('comments', { POSTS_URLS });
    moderation = await start('moderation');
    const QUERY_URLS = `${urlOf(cutOff)},${urlOf(other)}`;
    gateway = await start('gateway', { POSTS_URLS, QUERY_URLS, COMMENTS_URLS: urlOf(comments) });
  }, 240_000);
  afterAll(async () => {
    await Promise.all(running.map((process) => process.end('SIGINT')));
    await link.close();
    await vhost.remove();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('shows the write, whichever copy of query answers', async () => {
    const post = await aPost();
    const path = `/posts/${post.body.id}`;
    const answers = await Promise.all([cutOff, other].map(({ http }) => http.get<PostView>(path, tokenOf(post))));
    expect(answers.map(({ body }) => body.id)).toEqual([post.body.id, post.body.id]);
  });

  it('is refused by a copy that is behind, and by no other; the gateway takes neither for dead', async () => {
    link.cut();
    const post = await aPost();
    const path = `/posts/${post.body.id}`;
    const [behind, ahead] = await Promise.all([
      cutOff.http.get<Problem>(path, tokenOf(post)),
      other.http.get<PostView>(path, tokenOf(post)),
    ]);
    expect([ahead.status, ahead.body.id]).toEqual([200, post.body.id]);
    expect([behind.status, behind.body.type]).toEqual([503, 'urn:parley:problem:read-model-behind']);
    expect((await cutOff.http.get(path)).status).toBe(404);

    const reads = Array.from({ length: 8 }, () => gateway.http.get<Problem>(`/api${path}`, tokenOf(post)));
    const answers = await Promise.all(reads);
    // The gateway asks another copy, but not for many at once.
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    for (const { headers, body } of answers.filter(({ status }) => status === 503)) {
      expect([headers.get('retry-after'), body.type]).toEqual(['1', 'urn:parley:problem:read-model-behind']);
    }
    const { body } = await gateway.http.get<{ checks: Record<string, { detail: string }> }>('/health/ready');
    expect(body.checks['query']?.detail).toBe('2 of 2 instances are up');

    link.restore();
    await waitFor(async () => (await cutOff.http.get(path, tokenOf(post))).status === 200, { timeout: 60_000 });
  });

  it('answers Prefer: wait with verdicts that another copy of comments applied', async () => {
    const { body: post } = await aPost();
    const prefer = { prefer: 'wait=10' };
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        comments.http.post<Comment>(`/posts/${post.id}/comments`, { content: `Comment ${n}` }, prefer),
      ),
    );
    expect(made.map(({ body }) => body.status)).toEqual(Array(12).fill('approved'));
  });

  it('ends Prefer: wait at once on SIGTERM, before the drain is over', async () => {
    const { body: post } = await aPost();
    await moderation.end('SIGTERM');
    const path = `/posts/${post.id}/comments`;
    const prefer = { prefer: 'wait=10' };
    const answer = comments.http.post<Comment>(path, { content: 'Nobody judges me' }, prefer);
    await waitFor(async () => (await comments.http.get<Comment[]>(path)).body.length === 1);
    const ended = comments.end('SIGTERM');
    const { status, headers, body } = await answer;
    // After the whole time it would say that it has waited.
    expect([status, body.status, headers.has('preference-applied')]).toEqual([201, 'pending', false]);
    await comments.end('SIGINT');
    await ended;
  });
});
