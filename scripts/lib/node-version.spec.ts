import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { satisfies } from './node-version.mjs';

describe('satisfies', async () => {
  const { engines } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));

  it.each(['20.19.0', '20.20.2', '22.12.0', '22.20.0', '24.0.0', '25.1.0'])('accepts %s', (version) => {
    expect(satisfies(version, engines.node)).toBe(true);
  });

  it.each(['16.20.0', '18.20.8', '20.18.3', '21.7.3', '22.11.0', '23.9.0'])('refuses %s', (version) => {
    expect(satisfies(version, engines.node)).toBe(false);
  });
});
