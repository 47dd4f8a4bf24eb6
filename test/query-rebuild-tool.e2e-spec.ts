import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { Post, PostView } from '#contracts';
import { TestSystem } from '#testing';
import { posts } from '../apps/posts/src/app.js';
import { query } from '../apps/query/src/app.js';

const toolOf = (name: string) => fileURLToPath(new URL(`../dist/tools/${name}.js`, import.meta.url));
const tool = toolOf('query-rebuild');

interface Ended {
  code?: number;
  stdout: string;
  stderr: string;
}

/** A process of its own, as operators run it: `npm run query:rebuild` builds it before. */
describe('npm run query:rebuild', { timeout: 180_000 }, () => {
  let system: TestSystem;
  let file: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    system = await TestSystem.start({ apps: [posts, query] });
    file = String(system.app('query').get(DataSource).options.database);
    env = { ...process.env, RABBITMQ_URL: system.vhost.url, DATABASE_URL: `sqlite:${file}` };
  });
  afterAll(() => system.stop());

  const run = (args: string[], other: NodeJS.ProcessEnv = {}, program = tool): Promise<Ended> =>
    promisify(execFile)(process.execPath, [program, ...args], { env: { ...env, ...other } }).catch(
      (error: unknown) => error as Ended,
    );
  const write = async (title: string) => (await system.http('posts').post<Post>('/posts', { title })).body.id;
  const shown = (id: string) =>
    system.waitFor(async () => (await system.http('query').get(`/posts/${id}`)).status === 200);
  const titleOf = async (id: string) => (await system.http('query').get<PostView>(`/posts/${id}`)).body.title;
  const corrupt = (id: string) => {
    const database = new Database(file, { timeout: 5_000 });
    database.prepare(`UPDATE posts SET title = 'corrupted' WHERE id = ?`).run(id);
    database.close();
  };

  it('swaps while requests are served and events come in: none fails, none is lost', async () => {
    for (let count = 0; count < 50; count++) await write('Before');
    const known = await write('Known');
    await shown(known);
    const over = new AbortController();
    const statuses: number[] = [];
    const written: string[] = [];
    const readers = Array.from({ length: 3 }, async () => {
      while (!over.signal.aborted) statuses.push((await system.http('query').get(`/posts/${known}`)).status);
    });
    const writer = (async () => {
      while (!over.signal.aborted) written.push(await write('Meanwhile'));
    })();
    const rounds = [await run([]), await run(['--rollback'])];
    over.abort();
    await Promise.all([...readers, writer]);
    for (const { code, stdout, stderr } of rounds) {
      expect({ code, stderr }).toEqual({ stderr: '' });
      expect(stdout).toMatch(/Swapped at offset \d+; projecting stood still for \d+ ms/);
    }
    expect(statuses.length).toBeGreaterThan(100);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    for (const id of written) await shown(id);
    expect(await run(['--check'])).toMatchObject({ stdout: expect.stringContaining('posts      equal') as string });
  });

  it('exits with 1 and names the row that differs; --accept heals it', async () => {
    const id = await write('Right');
    await shown(id);
    corrupt(id);
    for (const args of [['--check'], []]) {
      const { code, stdout } = await run(args);
      expect(code).toBe(1);
      expect(stdout).toContain(`1 differ: ${id} (changed)`);
      expect(await titleOf(id)).toBe('corrupted');
    }
    expect((await run(['--accept'])).code).toBeUndefined();
    expect(await titleOf(id)).toBe('Right');
  });

  it('can be interrupted, and repeated', async () => {
    const child = spawn(process.execPath, [tool], { env });
    await system.waitFor(() => existsSync(`${file}.rebuild`), { what: 'it to begin' });
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(130);
    expect(existsSync(`${file}.rebuild`)).toBe(false);
    const killed = spawn(process.execPath, [tool], { env });
    await system.waitFor(() => existsSync(`${file}.rebuild`), { what: 'it to begin' });
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect((await run([])).stdout).toContain('Swapped');
  });

  it('npm run query:snapshot takes one of a running copy, and starts another copy from it', async () => {
    const id = await write('In the snapshot');
    await shown(id);
    const snapshot = (args: string[], other: NodeJS.ProcessEnv = {}) => run(args, other, toolOf('query-snapshot'));
    const [to, copy] = [`${file}.snapshot`, `${file}.copy`];
    expect((await snapshot(['--to', to])).stdout).toMatch(
      /\.snapshot holds the read model of .* as of offset \d+ of the event/,
    );
    const restored = await snapshot(['--restore', to], { DATABASE_URL: `sqlite:${copy}` });
    expect(restored.stdout).toMatch(/\.copy stands at offset \d+, which the event log holds: query can be started\./);
    expect(await run(['--check'], { DATABASE_URL: `sqlite:${copy}` })).not.toHaveProperty('code');
    for (const [args, message] of [
      [['--restore', to], 'there is a database at'],
      [['--to', to], 'is there already'],
      [[], 'say --to FILE or --restore FILE'],
    ] as const) {
      expect(await snapshot([...args])).toMatchObject({ code: 1, stderr: expect.stringContaining(message) as string });
    }
  });

  it.each([
    [['--check', '--accept'], {}, 'say one of --check, --accept, --rollback'],
    [['--chekc'], {}, "Unknown option '--chekc'"],
    [['now'], {}, "Unexpected argument 'now'"],
    [['--check'], { DATABASE_URL: 'sqlite:/nowhere/query.db' }, 'there is no read model at /nowhere/query.db'],
    [['--check'], { DATABASE_URL: 'postgres://a:secret@b/c' }, 'DATABASE_URL: must look like sqlite:'],
    [['--from', '/nowhere/snapshot.db'], {}, 'there is no read model at /nowhere/snapshot.db'],
  ])('says in one line what is wrong, and exits with 2: %j %j', async (args, other, message) => {
    const { code, stderr } = await run(args, other);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
