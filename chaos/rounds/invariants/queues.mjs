// @ts-check

/** @import { Poison } from '../../faults/fault.mjs' */
/** @import { Queued } from '../queues.mjs' */
/** @import { Violation } from './violation.mjs' */

/**
 * Nothing waits in an outbox, a service's queue or its retries, and the dead letters are exactly the poison. A dead letter
 * may be there more than once: each copy of query puts its own, and who is killed right after doing so does it again.
 * @param {Queued} queued
 * @param {Record<string, number>} outboxes
 * @param {Poison[]} poison
 * @returns {Violation[]}
 */
export function checkQueues({ waiting, dead }, outboxes, poison) {
  const wanted = new Set(poison.map(({ queue, messageId }) => `${queue} ${messageId}`));
  const found = new Set(Object.entries(dead).flatMap(([queue, ids]) => ids.map((id) => `${queue} ${id}`)));
  return [
    ...Object.entries(waiting).flatMap(([name, count]) => stillThere(`queue ${name}`, count)),
    ...Object.entries(outboxes).flatMap(([name, count]) => stillThere(`outbox of ${name}`, count)),
    ...[...found].filter((each) => !wanted.has(each)).map(deadLetter),
    ...[...wanted].filter((each) => !found.has(each)).map(missing),
  ];
}

/** @param {string} thing @param {number} count @returns {Violation[]} */
function stillThere(thing, count) {
  return count === 0 ? [] : [{ kind: 'stuck', thing, expected: 'empty', found: `${count} events` }];
}

/** @param {string} letter @returns {Violation} */
function deadLetter(letter) {
  return {
    kind: 'stuck',
    thing: `dead letter ${letter}`,
    expected: 'only the poison that was injected',
    found: 'an event that was given up',
  };
}

/** @param {string} letter @returns {Violation} */
function missing(letter) {
  return { kind: 'lost', thing: `poison ${letter}`, expected: 'to be among the dead letters', found: 'nothing' };
}
