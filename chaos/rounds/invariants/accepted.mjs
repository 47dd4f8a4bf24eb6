// @ts-check
import { groupBy } from './violation.mjs';

/** @import { Stored } from '../databases.mjs' */
/** @import { Ledger, Thing } from '../ledger.mjs' */
/** @import { Violation } from './violation.mjs' */
/** @typedef {{ kind: 'post' | 'comment', id: string, text: string }} Row */

/**
 * Every write that was answered with success is in its service's database, once and as it was written last; what was
 * deleted is not; and nothing is there that nobody wrote.
 * @param {Ledger} ledger
 * @param {Pick<Stored, 'posts' | 'comments'>} stored
 * @returns {Violation[]}
 */
export function checkAccepted(ledger, stored) {
  const rows = rowsOf(stored);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byText = groupBy(rows, ({ text }) => text);
  return [
    ...[...ledger.things.values()].flatMap((thing) => checkThing(thing, byId)),
    ...[...byText.values()].filter(({ length }) => length > 1).map(storedTwice),
    ...rows
      .filter(({ id, text }) => !ledger.things.has(id) && byText.get(text)?.length === 1)
      .flatMap((row) => checkUnknown(row, ledger)),
  ];
}

/** @param {Pick<Stored, 'posts' | 'comments'>} stored @returns {Row[]} */
function rowsOf({ posts, comments }) {
  return [
    ...posts.map(({ id, title }) => ({ kind: /** @type {const} */ ('post'), id, text: title })),
    ...comments.map(({ id, content }) => ({ kind: /** @type {const} */ ('comment'), id, text: content })),
  ];
}

/** @param {Thing} thing @param {Map<string, Row>} rows @returns {Violation[]} */
function checkThing(thing, rows) {
  const row = rows.get(thing.id);
  const state = stateOf(thing, rows);
  const name = `${thing.kind} ${thing.id}`;
  const texts = [...thing.texts].map((text) => `"${text}"`).join(' or ');
  if (!row)
    return state === 'there' ? [{ kind: 'lost', thing: name, expected: texts, found: 'nothing in the database' }] : [];
  if (state === 'gone')
    return [{ kind: 'wrong', thing: name, expected: 'deleted', found: `"${row.text}" in the database` }];
  if (thing.texts.has(row.text)) return [];
  return [{ kind: 'lost', thing: name, expected: texts, found: `"${row.text}" in the database` }];
}

/** A post takes its comments along. @param {Thing} thing @param {Map<string, Row>} rows @returns {Thing['state']} */
function stateOf({ post, state }, rows) {
  const goneWithPost = post?.state === 'gone' || (post?.state === 'either' && !rows.has(post.id));
  return goneWithPost ? 'gone' : state;
}

/** @param {Row[]} rows @returns {Violation} */
function storedTwice(rows) {
  const [first] = rows;
  const ids = rows.map(({ id }) => id).join(' and ');
  return { kind: 'doubled', thing: `${first?.kind} "${first?.text}"`, expected: 'to be stored once', found: ids };
}

/** @param {Row} row @param {Ledger} ledger @returns {Violation[]} */
function checkUnknown({ kind, id, text }, ledger) {
  if (ledger.forgotten.has(id))
    return [{ kind: 'wrong', thing: `${kind} ${id}`, expected: 'deleted', found: `"${text}", back again` }];
  if (ledger.unsettled.has(text)) return [];
  return [
    { kind: 'wrong', thing: `${kind} ${id}`, expected: 'nothing: nobody wrote it', found: `"${text}" in the database` },
  ];
}
