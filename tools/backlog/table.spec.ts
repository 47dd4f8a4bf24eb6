import { describe, expect, it } from 'vitest';
import { age, table } from './table.js';

describe(age.name, () => {
  it.each([
    [0, '0 s'],
    [119, '119 s'],
    [120, '2 min'],
    [7_199, '119 min'],
    [7_200, '2 h'],
    [172_800, '2 d'],
    [null, ''],
  ])('calls %j s %j', (seconds, text) => expect(age(seconds)).toBe(text));
});

describe(table.name, () => {
  it('aligns what waits, and says where nobody knows', () => {
    const lines = table([
      { kind: 'outbox', of: 'posts', waiting: 12, oldestSeconds: 300, note: '' },
      { kind: 'dead', of: 'comments.dead', waiting: 0, oldestSeconds: null, note: '' },
      { kind: 'service', of: 'query', waiting: null, oldestSeconds: null, note: 'connect ECONNREFUSED' },
    ]).split('\n');
    expect(lines).toEqual([
      '                        WAITING  OLDEST',
      'outbox   posts               12   5 min',
      'dead     comments.dead        0',
      'service  query                ?          connect ECONNREFUSED',
    ]);
  });
});
