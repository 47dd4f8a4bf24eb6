import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sharedNames, sharedSettings } from './shared-settings.mjs';

/** What each process has for itself, and the secret that a person gives it. */
const own = [
  'ADVERTISE_URL',
  'CLIENT_DIR',
  'DATABASE_URL',
  'HOST',
  'LOG_FORMAT',
  'OPERATIONS_TOKEN',
  'PORT',
  'RABBITMQ_URL',
];

it('knows every variable that is documented', () => {
  const text = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  const names = rows.flatMap((row) => [
    ...row
      .split('|')
      .slice(1, 3)
      .join()
      .matchAll(/`([A-Z_]{4,})`/g),
  ]);
  const shared = names.map(([, name]) => name ?? '').filter((name) => !own.includes(name) && !name.endsWith('_URLS'));
  expect(sharedNames).toEqual(expect.arrayContaining(shared));
});

it('takes over what is set, and where the services are', () => {
  const env = { RETRY_DELAYS: '1s', PORT: '1', PREFETCH: '' };
  expect(sharedSettings(env, { posts: [4000, 4010] }, '10.0.0.1')).toEqual({
    RETRY_DELAYS: '1s',
    POSTS_URLS: 'http://10.0.0.1:4000',
  });
});
