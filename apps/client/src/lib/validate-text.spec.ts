import { describe, expect, it } from 'vitest';
import { remainingText, requiredText, tooLong } from './validate-text';

describe('requiredText', () => {
  it('does not count the space around the text', () => {
    expect(requiredText(' \n ', 5, 'Missing')).toBe('Missing');
    expect(requiredText('  12345  ', 5, 'Missing')).toBeUndefined();
    expect(requiredText('123456', 5, 'Missing')).toBe('Use at most 5 characters');
  });
});

describe('tooLong', () => {
  it('takes the limit itself', () => {
    expect(tooLong('x'.repeat(20_000), 20_000)).toBeUndefined();
    expect(tooLong('x'.repeat(20_001), 20_000)).toBe('Use at most 20,000 characters');
  });
});

describe('remainingText', () => {
  it.each([
    [179, undefined],
    [180, '20 characters left'],
    [199, '1 character left'],
    [200, '0 characters left'],
    [202, '2 characters too many'],
  ])('at %i of 200: %s', (length, text) => {
    expect(remainingText(length, 200)).toBe(text);
  });

  it('starts earlier for a long text', () => {
    expect(remainingText(18_999, 20_000)).toBeUndefined();
    expect(remainingText(19_000, 20_000)).toBe('1,000 characters left');
  });
});
