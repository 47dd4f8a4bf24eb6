import { describe, expect, it } from 'vitest';
import { table } from './table.mjs';

describe('table', () => {
  it('aligns columns by what is visible', () => {
    expect(
      table([
        ['\u001b[2ma\u001b[22m', 'b'],
        ['long', 'c'],
      ]),
    ).toEqual(['\u001b[2ma\u001b[22m     b', 'long  c']);
  });
});
