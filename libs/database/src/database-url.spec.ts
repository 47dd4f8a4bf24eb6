import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sqliteFileOf } from './database-url.js';

describe(sqliteFileOf.name, () => {
  it.each([
    ['sqlite:/var/lib/posts.db', '/var/lib/posts.db'],
    ['sqlite:.data/posts.db', resolve('.data/posts.db')],
    ['sqlite:with spaces/ünd:colons.db', resolve('with spaces/ünd:colons.db')],
  ])('reads %s', (url, file) => {
    expect(sqliteFileOf(url)).toBe(file);
  });

  it.each(['', 'sqlite:', 'posts.db', 'postgres://localhost/posts'])(
    "refuses '%s' and says what it should be",
    (url) => {
      expect(() => sqliteFileOf(url)).toThrow('DATABASE_URL must look like sqlite:<path of a file>');
    },
  );
});
