// @ts-check
import { byId } from './violation.mjs';

/** @import { ReadModel, Stored } from '../databases.mjs' */
/** @import { Violation } from './violation.mjs' */
/** @typedef {{ id: string, version: number, [column: string]: unknown }} Row */

/**
 * Every copy of the read model holds what the services hold, row by row, and nothing else; a comment whose post is not
 * there would wait for ever to be shown.
 * @param {Stored} stored
 * @returns {Violation[]}
 */
export function checkReadModels({ posts, comments, readModels }) {
  return readModels.flatMap((copy) => [
    ...compareRows(`post in ${copy.label}`, posts, copy.posts),
    ...compareRows(`comment in ${copy.label}`, comments, copy.comments),
    ...checkOrphans(copy),
  ]);
}

/**
 * @param {string} what
 * @param {Row[]} expected
 * @param {Row[]} found
 * @returns {Violation[]}
 */
export function compareRows(what, expected, found) {
  const [wanted, held] = [byId(expected), byId(found)];
  return [
    ...expected.flatMap((row) => compareRow(`${what} ${row.id}`, row, held.get(row.id))),
    ...found
      .filter(({ id }) => !wanted.has(id))
      .map((row) => ({
        kind: /** @type {const} */ ('wrong'),
        thing: `${what} ${row.id}`,
        expected: 'nothing',
        found: JSON.stringify(row),
      })),
  ];
}

/** @param {string} thing @param {Row} expected @param {Row | undefined} found @returns {Violation[]} */
function compareRow(thing, expected, found) {
  if (found && isSame(expected, found)) return [];
  const kind = !found || found.version < expected.version ? 'lost' : 'wrong';
  return [{ kind, thing, expected: JSON.stringify(expected), found: found ? JSON.stringify(found) : 'nothing' }];
}

/** @param {Row} one @param {Row} other */
function isSame(one, other) {
  return Object.keys(one).every((column) => one[column] === other[column]);
}

/** @param {ReadModel} copy @returns {Violation[]} */
function checkOrphans({ label, posts, comments }) {
  const ids = new Set(posts.map(({ id }) => id));
  const orphans = comments.filter(({ postId }) => !ids.has(postId));
  return orphans.map(({ id, postId }) => ({
    kind: 'stuck',
    thing: `comment in ${label} ${id}`,
    expected: `the post ${postId} with it`,
    found: 'no such post',
  }));
}
