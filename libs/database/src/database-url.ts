import { isAbsolute, resolve } from 'node:path';

/**
 * Reads the file's path out of a `DATABASE_URL` of the form `sqlite:<path>`.
 *
 * @param url for example `sqlite:.data/posts.db` (relative to the working directory) or `sqlite:/var/lib/posts.db`
 * @returns the absolute path of the database file
 * @throws Error when the URL is of another kind
 */
export function sqliteFileOf(url: string): string {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (!path) {
    throw new Error(
      `DATABASE_URL must look like sqlite:<path of a file> or postgres://user:password@host:5432/database, not '${withoutPassword(url)}'`,
    );
  }
  return isAbsolute(path) ? path : resolve(path);
}

/** Whether a `DATABASE_URL` is one of PostgreSQL. */
export const isPostgres = (url: string): boolean => /^postgres(ql)?:\/\//.test(url);

/** A `DATABASE_URL` as it may be shown and logged. */
export const withoutPassword = (url: string): string =>
  url.replace(/(:\/\/[^:/?#]*):.*@/, '$1:***@').replace(/([?&](?:password|sslpassword)=)[^&]*/g, '$1***');
