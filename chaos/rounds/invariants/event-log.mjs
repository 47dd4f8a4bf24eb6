// @ts-check

/** @import { Stored } from '../databases.mjs' */
/** @import { Ledger } from '../ledger.mjs' */
/** @import { Logged, LoggedThing } from '../logged.mjs' */
/** @import { Violation } from './violation.mjs' */
/** @typedef {{ id: string, version: number, [column: string]: unknown }} Row */

/**
 * The event log tells of every version of every thing by exactly one event (which may be there more than once), and ends
 * with what the services hold, or with a deletion.
 * @param {Ledger} ledger
 * @param {Pick<Stored, 'posts' | 'comments'>} stored
 * @param {Logged} logged
 * @param {string[]} [injected] ids of events that a fault put there: they do not count as a second one
 * @returns {Violation[]}
 */
export function checkEventLog(ledger, stored, logged, injected = []) {
  const rows = new Map(
    /** @type {[string, Row][]} */ ([...stored.posts, ...stored.comments].map((row) => [row.id, row])),
  );
  const changed = [...logged.changed].flatMap((id) => logged.things.get(id) ?? []);
  return [
    ...changed.flatMap((thing) => checkVersions(thing, injected)),
    ...changed.filter(({ id }) => !rows.has(id)).flatMap((thing) => checkAbsent(thing, logged)),
    ...[...rows.values()].flatMap((row) => checkRow(row, logged.things.get(row.id), logged)),
    ...[...ledger.things.values()].flatMap(({ id, kind, state }) =>
      state === 'gone' ? checkGone(`${kind} ${id}`, logged.things.get(id), logged) : [],
    ),
    ...[...logged.verdicts]
      .filter(([, ids]) => isDoubled(ids, injected))
      .map(([key, ids]) => toldTwice(`verdict on comment and version ${key}`, ids)),
  ];
}

/** @param {LoggedThing} thing @param {string[]} injected @returns {Violation[]} */
function checkVersions({ kind, id, versions, last }, injected) {
  const highest = last.data.version;
  const missing = Array.from({ length: highest }, (_, index) => index + 1).filter((version) => !versions.has(version));
  const doubled = [...versions].filter(([, ids]) => isDoubled(ids, injected));
  return [
    ...missing.map((version) => ({
      kind: /** @type {const} */ ('lost'),
      thing: `${kind} ${id} in the event log`,
      expected: `its version ${version} of ${highest}`,
      found: 'no event',
    })),
    ...doubled.map(([version, ids]) => toldTwice(`version ${version} of ${kind} ${id}`, ids)),
  ];
}

/** @param {Set<string>} ids @param {string[]} injected */
function isDoubled(ids, injected) {
  return ids.size > 1 && [...ids].filter((id) => !injected.includes(id)).length > 1;
}

/** What is in the log and not in the database must have been deleted. @param {LoggedThing} thing @param {Logged} logged @returns {Violation[]} */
function checkAbsent(thing, logged) {
  const post = thing.postId === undefined ? undefined : logged.things.get(thing.postId);
  if (logged.isDeleted(thing) || logged.isDeleted(post)) return [];
  return [
    {
      kind: 'lost',
      thing: `${thing.kind} ${thing.id}`,
      expected: `what the event log tells: ${JSON.stringify(thing.last.data)}`,
      found: 'nothing in the database',
    },
  ];
}

/** @param {Row} row @param {LoggedThing | undefined} thing @param {Logged} logged @returns {Violation[]} */
function checkRow(row, thing, logged) {
  const data = thing?.last.data ?? {};
  if (thing && !logged.isDeleted(thing) && Object.keys(row).every((column) => data[column] === row[column])) return [];
  return [
    {
      kind: 'lost',
      thing: `${row.id} in the event log`,
      expected: JSON.stringify(row),
      found: thing ? `${thing.last.type} ${JSON.stringify(data)}` : 'nothing',
    },
  ];
}

/** @param {string} name @param {LoggedThing | undefined} thing @param {Logged} logged @returns {Violation[]} */
function checkGone(name, thing, logged) {
  const post = thing?.postId === undefined ? undefined : logged.things.get(thing.postId);
  if (logged.isDeleted(thing) || logged.isDeleted(post)) return [];
  return [
    {
      kind: 'lost',
      thing: `${name} in the event log`,
      expected: 'its deletion',
      found: thing ? thing.last.type : 'nothing',
    },
  ];
}

/** @param {string} thing @param {Set<string>} ids @returns {Violation} */
function toldTwice(thing, ids) {
  return { kind: 'doubled', thing, expected: 'one event', found: [...ids].join(' and ') };
}
