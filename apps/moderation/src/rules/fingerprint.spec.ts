import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.js';

describe(fingerprint.name, () => {
  it.each([
    ['Buy it now, friends', 'BUY IT NOW, FRIENDS', 'case'],
    ['Buy it now, friends', 'Buy  it\n now,\tfriends ', 'white space'],
    ['Buy it now, friends', '"Buy it... now" - friends!!!', 'punctuation'],
    ['Buy it now, friends', 'Buy it n\u200Bow, friends+', 'invisible characters and signs'],
    ['Buy it now, friends', 'Ｂｕｙ ít nöw, friends', 'widths and accents'],
  ])('is the same for %j and %j: %s', (one, other) => {
    expect(fingerprint(one)).toBe(fingerprint(other));
  });

  it.each([
    ['Buy it now', 'Buy it new'],
    ['Version 1', 'Version 2'],
    ['👍👍👍', '👎👎👎'],
    ['!!!', '???'],
    ['!!!', ''],
  ])('tells %j from %j', (one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
  });
});
