import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Post } from '#contracts';
import { TestSystem } from '#testing';
import { posts } from '../apps/posts/src/app.js';
import { query } from '../apps/query/src/app.js';

const tool = fileURLToPath(new URL('../dist/tools/event-log.js', import.meta.url));

/** Runs the tool as `npm run event-log` does, which builds it before. */
const run = (args: string[], url: string) =>
  promisify(execFile)(process.execPath, [tool, ...args], { env: { ...process.env, RABBITMQ_URL: url } });

describe('npm run event-log', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-event-log-'));
    file = join(folder, 'events.ndjson');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('moves all events to another broker, where query shows them', async () => {
    const first = await TestSystem.start({ apps: [posts] });
    try {
      const { body } = await first.http('posts').post<Post>('/posts', { title: 'Kept' });
      await first.bus.waitFor('post.created', ({ id }) => id === body.id);
      expect((await run(['export', '--to', file], first.vhost.url)).stdout).toContain('exported 1 events in all');
    } finally {
      await first.stop();
    }
    const second = await TestSystem.start({ apps: [query] });
    try {
      expect((await run(['import', '--from', file], second.vhost.url)).stdout).toContain('1 of them are new');
      await second.waitFor(async () => {
        const { body } = await second.http('query').get<Post[]>('/posts');
        return body.some(({ title }) => title === 'Kept');
      });
    } finally {
      await second.stop();
    }
  });

  it('sends nothing of a file with a line that is no event, and names the line', async () => {
    const [line] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${line}\n{"half":\n`);
    const system = await TestSystem.start({ apps: [] });
    try {
      await expect(run(['import', '--from', file], system.vhost.url)).rejects.toThrow(/events\.ndjson, line 2:/);
      await writeFile(file, `${line}\n`);
      expect((await run(['import', '--from', file], system.vhost.url)).stdout).toContain('1 of them are new');
    } finally {
      await system.stop();
    }
  });

  it.each([
    [[], 'say `export --to <file>`'],
    [['export'], 'say `export --to <file>`'],
    [['export', '--into', 'x'], "Unknown option '--into'"],
    [['import', '--from', '/nowhere/x.ndjson'], 'no such file'],
  ])('says in one line what is wrong: %j', async (args, message) => {
    const failure = await run(args, process.env['TEST_RABBITMQ_URL']!).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining(message) as string });
    expect((failure as { stderr: string }).stderr.trim().split('\n')).toHaveLength(1);
  });
});
