import { randomUUID } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comment, CommentView, Post } from '#contracts';
import { createPostgresDatabase, dropPostgresDatabase, waitFor } from '#testing';
import { createDatabases, RealSystem } from './real-system.js';

const services = ['posts', 'comments', 'moderation'] as const;
type Service = (typeof services)[number];

/** No two alike: moderation would take them for spam. */
const aText = (): string => `It's a "comment" like no other \\ ${randomUUID()} 世界 👩‍👩‍👧`;

/** The service's own command, which `npm run migrate:data` runs. */
function migrate(
  service: Service,
  from: string,
  to: string,
  ...flags: string[]
): { child: ChildProcess; output: () => string } {
  const script = `dist/apps/${service}/src/migrate-data.js`;
  const child = spawn(process.execPath, [script, '--from', from, ...flags], {
    env: { ...process.env, DATABASE_URL: to },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function migrateToTheEnd(...args: Parameters<typeof migrate>): Promise<{ code: number; output: string }> {
  const { child, output } = migrate(...args);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: output() };
}

describe('npm run migrate:data', { timeout: 180_000 }, () => {
  let real: RealSystem;
  let post: Post;
  let urls: Awaited<ReturnType<typeof createDatabases>>;
  const files = {} as Record<Service, string>;

  const shown = async (id: string): Promise<CommentView | undefined> =>
    (await real.api.get<CommentView>(`/posts/${post.id}/comments/${id}`)).body;
  const comment = async (): Promise<Comment> =>
    (await real.api.post<Comment>(`/posts/${post.id}/comments`, { content: aText() })).body;

  beforeAll(async () => {
    real = await RealSystem.start();
    urls = await createDatabases();
    post = (await real.api.post<Post>('/posts', { title: 'About to move' })).body;
    await waitFor(async () => (await real.api.get(`/posts/${post.id}`)).status === 200);
  }, 120_000);
  afterAll(async () => {
    await real?.stop();
    for (const url of Object.values(urls ?? {})) await dropPostgresDatabase(url);
  }, 60_000);

  it('moves a running system: it goes on with its posts, comments, versions and unpublished events', async () => {
    const before = await comment();
    await waitFor(async () => (await shown(before.id))?.status === 'approved');
    await real.broker.stop();
    const waiting = await Promise.all(Array.from({ length: 30 }, comment));
    for (const service of services) files[service] = real.databaseUrl(service);
    await real.system.stop();

    for (const service of services) {
      const { code, output } = await migrateToTheEnd(service, files[service], urls[service]);
      expect(output).toMatch(/outbox .* equal\n/);
      expect(code).toBe(0);
    }

    await real.broker.start();
    await real.startOn(urls);
    for (const { id, content } of waiting) {
      await waitFor(async () => (await shown(id))?.status === 'approved', { timeout: 60_000 });
      expect((await shown(id))?.content).toBe(content);
    }
    const path = `/posts/${post.id}/comments/${before.id}`;
    const known = (await shown(before.id))!.version;
    const edited = (await real.api.patch<Comment>(path, { content: aText() })).body;
    expect(edited.version).toBe(known + 1);
    await waitFor(async () => (await shown(before.id))?.content === edited.content);
  });

  it('loses and doubles no row however often it is killed', async () => {
    await dropPostgresDatabase(urls.comments);
    urls.comments = await createPostgresDatabase('comments');
    expect((await migrateToTheEnd('comments', files.comments, urls.comments, '--release')).code).toBe(0);
    addComments(files.comments, 60_000);

    for (let kill = 0; kill < 4; kill++) {
      const before = await copiedSoFar(urls.comments);
      const { child, output } = migrate('comments', files.comments, urls.comments);
      const ended = once(child, 'close');
      await waitFor(async () => (await copiedSoFar(urls.comments)) > before, {
        what: 'rows to be copied',
        timeout: 60_000,
      });
      expect({ code: child.exitCode, output: output() }).toMatchObject({ code: null });
      child.kill('SIGKILL');
      await ended;
    }
    const { code, output } = await migrateToTheEnd('comments', files.comments, urls.comments);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/comments +60,031 +60,031 .* equal\n/);
    expect((await migrateToTheEnd('comments', files.comments, urls.comments, '--verify')).code).toBe(0);
  });

  it('says which table differs, with exit code 1', async () => {
    await onDatabase(urls.comments, `UPDATE comments SET content = content || '!' WHERE id LIKE 'added-5%'`);
    const { code, output } = await migrateToTheEnd('comments', files.comments, urls.comments, '--verify');
    expect(output).toContain('Source and target differ in comments.');
    expect(code).toBe(1);
  });
});

async function onDatabase(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows as Record<string, unknown>[];
}

/** How many rows the target says that it has. */
async function copiedSoFar(url: string): Promise<number> {
  const [found] = await onDatabase(url, `SELECT to_regclass('data_move') IS NOT NULL AS here`);
  if (!found?.['here']) return 0;
  return Number((await onDatabase(url, 'SELECT sum(rows) AS sum FROM data_move'))[0]?.['sum']);
}

function addComments(url: string, count: number): void {
  const database = new Database(url.replace('sqlite:', ''));
  const at = '2026-01-01T00:00:00.000Z';
  database.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO comments (id, "postId", content, status, "createdAt", "updatedAt", version, "contentVersion", "verdictVersion")
    SELECT 'added-' || n, 'post', 'It''s number ' || n, 'approved', '${at}', '${at}', 1, 1, 0 FROM numbers`);
  database.close();
}
