import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, Post } from '#contracts';
import { TestSystem } from '#testing';
import { comments } from '../apps/comments/src/app.js';
import { posts } from '../apps/posts/src/app.js';
import { query } from '../apps/query/src/app.js';

const tool = fileURLToPath(new URL('../dist/tools/backlog.js', import.meta.url));
/** Nobody listens there. (Port 1 is one that fetch refuses to try.) */
const NOWHERE = '127.0.0.1:3';

type Row = { kind: string; of: string; waiting: number | null; oldestSeconds: number | null; note: string };

/** Runs the tool as `npm run backlog` does, which builds it before. */
const run = (args: string[], env: Record<string, string>) =>
  promisify(execFile)(process.execPath, [tool, ...args], {
    env: { ...process.env, RETRY_DELAYS: '50ms,100ms', MODERATION_URLS: `http://${NOWHERE}`, ...env },
  });

describe('npm run backlog', () => {
  let system: TestSystem;
  const rows = async (env: Record<string, string> = {}): Promise<Row[]> =>
    JSON.parse((await run(['--json'], { RABBITMQ_URL: system.vhost.url, ...env })).stdout) as Row[];
  const row = (all: Row[], kind: string, of: string) => all.find((one) => one.kind === kind && one.of.startsWith(of));

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [posts, comments, query] });
  });
  afterAll(() => system.stop());

  it('finds the services, and shows what waits in each place', async () => {
    const { body: post } = await system.http('posts').post<Post>('/posts', { title: 'A post' });
    const { body: comment } = await system
      .http('comments')
      .post<Comment>(`/posts/${post.id}/comments`, { content: 'A' });
    await system.bus.waitFor('comment.created', ({ id }) => id === comment.id);
    const all = await system.waitFor(async () => {
      const found = await rows();
      return (
        row(found, 'pending', 'comments')?.waiting === 1 && row(found, 'queue', 'moderation')?.waiting === 1 && found
      );
    });
    expect(row(all, 'outbox', 'posts')).toEqual({
      kind: 'outbox',
      of: 'posts',
      waiting: 0,
      oldestSeconds: 0,
      note: '',
    });
    expect(row(all, 'queue', 'moderation')).toMatchObject({ waiting: 1, note: 'nobody takes its messages' });
    expect(row(all, 'queue', 'comments')).toMatchObject({ waiting: 0, note: '' });
    expect(row(all, 'unacked', 'comments')).toMatchObject({ waiting: 0, oldestSeconds: 0 });
    expect(row(all, 'retry', 'comments.retry.50ms')).toMatchObject({ waiting: 0, note: '' });
    expect(row(all, 'dead', 'query.dead')).toMatchObject({ waiting: 0 });
    expect(row(all, 'parked', 'query at http://')).toMatchObject({ waiting: 0 });
    expect(row(all, 'log', 'query at http://')).toMatchObject({ note: '' });
    expect(row(all, 'service', 'moderation')!.note).toContain('ECONNREFUSED');
    expect(all.filter(({ kind }) => kind === 'service')).toHaveLength(1);
  });

  it('shows it to people as a table', async () => {
    const { stdout } = await run([], { RABBITMQ_URL: system.vhost.url });
    expect(stdout).toMatch(/^ +WAITING +OLDEST\noutbox +posts +0\n/);
    expect(stdout).toMatch(/\nservice +moderation at http:\/\/127\.0\.0\.1:3 +\? +connect ECONNREFUSED/);
  });

  it('says that a queue is not there', async () => {
    await system.vhost.deleteQueue('moderation.retry.100ms');
    expect(row(await rows(), 'retry', 'moderation.retry.100ms')).toMatchObject({
      waiting: null,
      note: expect.stringContaining('no such queue') as string,
    });
  });

  it('says that RabbitMQ is not there, and asks the services that are listed', async () => {
    const origin = system.http('posts').baseUrl;
    const listed = { POSTS_URLS: origin, COMMENTS_URLS: `http://${NOWHERE}`, QUERY_URLS: `http://${NOWHERE}` };
    const all = await rows({ RABBITMQ_URL: `amqp://${NOWHERE}`, ...listed });
    expect(all.map(({ kind }) => kind)).toEqual(['outbox', 'service', 'service', 'service', 'broker']);
    expect(all.at(-1)!.note).toContain('ECONNREFUSED');
  });

  it.each([
    [['--jsno'], {}, "Unknown option '--jsno'"],
    [[], { POSTS_URLS: 'here' }, 'POSTS_URLS.0: must be an http(s) URL'],
  ])('says what is wrong: %j %j', async (args, env, message) => {
    const failure = await run(args, env).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining(message) as string, stdout: '' });
  });
});
