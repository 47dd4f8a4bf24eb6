// @ts-check
import { randomUUID } from 'node:crypto';

/** @import { EventType } from '#contracts' */
/** @typedef {{ what: string, body: (envelope: Envelope, type: EventType) => Buffer | string, anonymous?: boolean }} PoisonKind `anonymous`: sent without a messageId */
/** @typedef {Record<string, unknown>} Envelope a CloudEvent that is right but for its data */

const megabyte = 1_000_000;

/** What no service can handle, whatever its exchange; the body is made from an envelope that would be right. @type {PoisonKind[]} */
export const poisonKinds = [
  { what: 'nothing at all', body: () => '' },
  { what: 'bytes that are no text', body: () => Buffer.from([0x00, 0xff, 0xfe, 0xc3, 0x28, 0x80, 0x0d, 0x0a]) },
  { what: 'JSON that breaks off', body: (envelope) => JSON.stringify(envelope).slice(0, -9) },
  { what: 'a number', body: () => '42' },
  { what: 'null', body: () => 'null' },
  { what: 'a megabyte of JSON', body: () => JSON.stringify(Array(megabyte / 10).fill(123_456_789)) },
  { what: 'JSON that is nested too deeply', body: () => '['.repeat(megabyte / 10) + ']'.repeat(megabyte / 10) },
  changed('an event of an unknown type', () => ({ type: 'comment.exploded' })),
  changed('the type of an object’s member', () => ({ type: 'constructor' })),
  changed('another version of CloudEvents', () => ({ specversion: '0.3' })),
  changed('no id', () => ({ id: undefined })),
  changed('an id of a megabyte', () => ({ id: 'x'.repeat(megabyte) })),
  changed('a time that is none', () => ({ time: 'yesterday' })),
  changed('no data', () => ({ data: undefined })),
  changed('data of another schema', () => ({ data: { id: 7, version: 'first', title: ['a', 'b'] } })),
  changed('data that reaches for the prototype', () => ({ data: JSON.parse('{"__proto__":{"id":"polluted"}}') })),
  { ...changed('data of another schema, and no messageId', () => ({ data: {} })), anonymous: true },
];

/**
 * A poisonous body.
 * @param {PoisonKind} kind
 * @param {EventType} type
 * @param {string} id
 */
export function poisonousBody(kind, type, id) {
  const source = 'urn:parley:chaos';
  const envelope = { specversion: '1.0', id, source, type, subject: randomUUID(), time: new Date().toISOString() };
  return Buffer.from(kind.body({ ...envelope, data: {} }, type));
}

/** @param {string} what @param {() => Envelope} change @returns {PoisonKind} */
function changed(what, change) {
  return { what, body: (envelope) => JSON.stringify({ ...envelope, ...change() }) };
}
