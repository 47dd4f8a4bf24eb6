import { describe, expect, it } from 'vitest';
import { excerpt } from './errors.mjs';

const output = `${Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')}\n`;

describe('excerpt', () => {
  it('leaves a short output whole', () => {
    expect(excerpt('one\ntwo\n')).toBe('one\ntwo');
  });

  it('keeps the beginning and the end of a long one', () => {
    expect(excerpt(output, { first: 1, last: 2 })).toBe('line 0\n…\nline 98\nline 99');
  });
});
