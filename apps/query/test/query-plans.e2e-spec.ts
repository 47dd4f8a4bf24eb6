import Database from 'better-sqlite3';
import { AbstractLogger, DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestSystem } from '#testing';
import { query } from '../src/app.js';
import { aComment, aPost } from './read-model.factory.js';

// TypeORM tells its logger of every statement, whatever the logger then prints.
const logged = vi.spyOn(AbstractLogger.prototype, 'logQuery');
let system: TestSystem;

beforeAll(async () => void (system = await TestSystem.start({ apps: [query] })));
afterAll(async () => {
  await system.stop();
  logged.mockRestore();
});

/** How SQLite goes about the statements on comments since `first`: those lines of its plans that are about that table. */
function plansOnComments(first: number): string[] {
  const { database } = system.app('query').get(DataSource).options as { database: string };
  const db = new Database(database, { readonly: true });
  const statements = logged.mock.calls
    .slice(first)
    .filter(([sql]) => /^\s*(SELECT|UPDATE|DELETE)\b.*\bcomments\b/is.test(sql));
  const plans = statements.flatMap(([sql, parameters]) => {
    const explain = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
    const lines = explain.all(...((parameters ?? []) as unknown[])).map(({ detail }) => detail);
    return lines.filter((line) => /\b(comments|CommentRow|c)\b/.test(line));
  });
  db.close();
  return plans;
}

it('finds the comments of a post without looking at those of others', async () => {
  const first = logged.mock.calls.length;
  const [post, other] = [aPost(), aPost()];
  const comments = [aComment({ postId: post.id }), aComment({ postId: post.id })] as const;
  const deletedAt = new Date().toISOString();
  for (const one of [post, other]) await system.bus.publish('post.created', one);
  for (const one of comments) await system.bus.publish('comment.created', one);
  await system.bus.publish('comment.deleted', { id: comments[1].id, postId: post.id, version: 2, deletedAt });
  await system.settled();
  const paths = [
    '',
    `?cursor=${other.id}`,
    `/${post.id}`,
    `/${post.id}/comments`,
    `/${post.id}/comments?cursor=${post.id}`,
  ];
  for (const path of paths) expect((await system.http('query').get(`/posts${path}`)).status).toBe(200);
  await system.bus.publish('post.deleted', { id: post.id, version: 2, deletedAt });
  await system.settled();
  const plans = plansOnComments(first);
  expect(plans.length).toBeGreaterThan(paths.length);
  expect(plans.filter((line) => !/^SEARCH .*\((postId|id)=\?/.test(line))).toEqual([]);
});
