import { describe, expect, it } from 'vitest';
import { isInstalled, type Lock } from './dependencies.mjs';

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.0.0' },
    'node_modules/@img/darwin': { version: '1.0.0', optional: true },
  },
};

describe('isInstalled', () => {
  it('takes an installation without what is optional for complete', () => {
    expect(isInstalled(lock, { packages: { 'node_modules/zod': { version: '4.0.0' } } })).toBe(true);
  });

  it.each<{ what: string; installed: Lock['packages'] }>([
    { what: 'misses a package', installed: {} },
    { what: 'has another version', installed: { 'node_modules/zod': { version: '3.9.0' } } },
    {
      what: 'has another version of something optional',
      installed: { 'node_modules/zod': { version: '4.0.0' }, 'node_modules/@img/darwin': { version: '0.9.0' } },
    },
  ])('sees that an installation $what', ({ installed }) => {
    expect(isInstalled(lock, { packages: installed })).toBe(false);
  });
});
