import { describe, expect, it } from 'vitest';
import { preference } from './preference.js';

describe(preference.name, () => {
  it.each([
    // RFC 7240, section 2: the examples, and what the grammar allows besides.
    ['wait=10', '10'],
    ['wait = 10', '10'],
    ['Wait=10', '10'],
    ['wait="10"', '10'],
    [String.raw`wait="1\0"`, '10'],
    ['respond-async, wait=10', '10'],
    ['respond-async,wait=10', '10'],
    ['handling=lenient, wait=10, respond-async', '10'],
    ['foo; bar, wait=10; baz="a,b"', '10'],
    ['foo="wait=5, 6", wait=10', '10'],
    ['foo="\\", wait=5", wait=10', '10'],
    [', ,wait=10', '10'],
    // An empty value is as good as none.
    ['wait', ''],
    ['wait=""', ''],
    ['wait; foo=bar', ''],
    // The first one counts.
    ['wait=10, wait=5', '10'],
    // What is malformed is passed over.
    ['wait=, wait=10', '10'],
    ['wait=1 0, wait=10', '10'],
    ['=, @, wait=10', '10'],
  ])('reads %s', (header, value) => {
    expect(preference(header, 'wait')).toBe(value);
  });

  it.each([
    '',
    'respond-async',
    'await=10',
    'wait-for=10',
    'foo=wait',
    'foo; wait=10',
    'foo="wait=10',
    'foo="bar, wait=10',
    'wait=1 0',
    '"wait"=1',
  ])('finds none in %s', (header) => {
    expect(preference(header, 'wait')).toBeUndefined();
  });

  it('takes no time for what is long and wrong', () => {
    const wrong = [
      ' '.repeat(16_000),
      'a'.repeat(16_000),
      'wait;'.repeat(3_000),
      '"'.repeat(16_000),
      '=" '.repeat(5_000),
      '\\"'.repeat(8_000),
    ];
    const begun = performance.now();
    for (const text of wrong) expect(preference(`x${text}\u0001`, 'wait')).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
