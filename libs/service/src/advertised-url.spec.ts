import type { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { advertisedUrl } from './advertised-url.js';

type Interfaces = ReturnType<typeof networkInterfaces>;

const at = (address: string, port = 4001) => ({ address, port, family: '' });
const interfaces = (...addresses: string[]): Interfaces =>
  Object.fromEntries(
    addresses.map((address, index) => {
      const family = address.includes(':') ? 'IPv6' : 'IPv4';
      return [`if${index}`, [{ address, family, internal: /^(127\.|::1)/.test(address) }]];
    }),
  ) as Interfaces;

describe(advertisedUrl.name, () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:4001'],
    ['10.0.0.5', 'http://10.0.0.5:4001'],
    ['fd00::5', 'http://[fd00::5]:4001'],
  ])('is the address it listens at: %s', (address, url) => {
    expect(advertisedUrl(at(address), 'http', interfaces('127.0.0.1', '10.0.0.9'))).toBe(url);
  });

  it.each(['0.0.0.0', '::'])('of who listens at %s is the first that others can reach', (address) => {
    const all = interfaces('127.0.0.1', '169.254.1.1', 'fe80::1', 'fd00::5', '10.0.0.5', '10.0.0.6');
    expect(advertisedUrl(at(address), 'http', all)).toBe('http://10.0.0.5:4001');
    expect(advertisedUrl(at(address), 'http', interfaces('127.0.0.1', 'fd00::5'))).toBe('http://[fd00::5]:4001');
    expect(advertisedUrl(at(address), 'http', interfaces('127.0.0.1'))).toBe('http://127.0.0.1:4001');
  });

  it('leaves the default port to the scheme', () => {
    expect(advertisedUrl(at('10.0.0.5', 443), 'https')).toBe('https://10.0.0.5');
  });
});
