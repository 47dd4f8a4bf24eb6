// @ts-check
import Database from 'better-sqlite3';
import { fileOf } from './site.mjs';

/** @import { FaultSite } from '../faults/fault.mjs' */

/** @typedef {{ id: string, title: string, body: string, createdAt: string, updatedAt: string, version: number }} PostRow */
/** @typedef {{ id: string, postId: string, content: string, status: string, createdAt: string, updatedAt: string, version: number }} CommentRow */
/** @typedef {{ commentId: string, postId: string, content: string, state: string, commentVersion: number }} CaseRow */
/** @typedef {{ label: string, posts: PostRow[], comments: CommentRow[] }} ReadModel what a copy of query shows */

/**
 * What the services have stored, each in its own file.
 * @typedef {object} Stored
 * @property {PostRow[]} posts
 * @property {CommentRow[]} comments
 * @property {{ id: string, deleted: number }[]} knownPosts as the comments service knows them
 * @property {CaseRow[]} cases
 * @property {ReadModel[]} readModels
 * @property {Record<string, number>} outboxes how many events wait in each
 */

const tables = /** @type {const} */ ({
  post: 'SELECT id, title, body, createdAt, updatedAt, version FROM posts',
  comment: 'SELECT id, postId, content, status, createdAt, updatedAt, version FROM comments',
  case: `SELECT commentId, postId, content, state, commentVersion FROM cases WHERE state <> 'deleted'`,
  known: 'SELECT id, deleted FROM known_posts',
});

/** How many events wait in each outbox. @param {FaultSite} site @returns {Record<string, number>} */
export function readOutboxes(site) {
  const names = /** @type {const} */ (['posts', 'comments', 'moderation']);
  return Object.fromEntries(names.map((name) => [name, rows(site, name, 'SELECT eventId FROM outbox').length]));
}

/** How many comments wait for their verdict. @param {FaultSite} site */
export function countPending(site) {
  return rows(site, 'comments', `SELECT id FROM comments WHERE status = 'pending'`).length;
}

/**
 * Reads the services' files, which they go on using.
 * @param {FaultSite} site
 * @returns {Stored}
 */
export function readStored(site) {
  const copies = site.processes.filter(({ name }) => name === 'query').map(({ label }) => label);
  return {
    posts: rows(site, 'posts', tables.post),
    comments: rows(site, 'comments', tables.comment),
    knownPosts: rows(site, 'comments', tables.known),
    cases: rows(site, 'moderation', tables.case),
    readModels: copies.map((label) => ({
      label,
      posts: rows(site, label, `${tables.post} WHERE NOT deleted`),
      comments: rows(site, label, `${tables.comment} WHERE NOT deleted`),
    })),
    outboxes: readOutboxes(site),
  };
}

/**
 * All that makes up a read model, tombstones and recorded changes included.
 * @param {string} dataDir
 * @returns {Record<'posts' | 'comments' | 'changes', Record<string, unknown>[]>}
 */
export function readWholeReadModel(dataDir) {
  const file = fileOf(dataDir, 'query');
  return {
    posts: query(file, 'SELECT * FROM posts ORDER BY id'),
    comments: query(file, 'SELECT * FROM comments ORDER BY id'),
    changes: query(file, 'SELECT * FROM changes ORDER BY "offset"'),
  };
}

/** @template Row @param {FaultSite} site @param {string} label @param {string} statement @returns {Row[]} */
function rows(site, label, statement) {
  const { dataDir, name } = site.process(label);
  return query(fileOf(dataDir, name), statement);
}

/** @template Row @param {string} file @param {string} statement @returns {Row[]} */
function query(file, statement) {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return /** @type {Row[]} */ (database.prepare(statement).all());
  } finally {
    database.close();
  }
}
