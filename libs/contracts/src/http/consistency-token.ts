import { z } from 'zod';
import { Id } from './common.js';

/** The header in which a write's answer names the write, and in which a read names the writes that it must show. */
export const CONSISTENCY_TOKEN = 'Consistency-Token';

/** The most tokens that one read may carry. */
export const MAX_TOKENS = 10;

const Count = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

/**
 * A write, by what it made of a thing:
 *
 * - `post`: this version of the post.
 * - `comment`: this version of the comment.
 * - `verdict`: this status of the comment's text of `textVersion`. The comment shows it in `version` at the latest: every
 *   verdict on a text that changes its status makes one version.
 */
const Write = z.union([
  z.tuple([z.literal('post'), Id, Count]).transform(([thing, postId, version]) => ({ thing, postId, version })),
  z
    .tuple([z.literal('comment'), Id, Id, Count])
    .transform(([thing, postId, id, version]) => ({ thing, postId, id, version })),
  z
    .tuple([z.literal('verdict'), Id, Id, Count, Count, z.enum(['approved', 'rejected'])])
    .transform(([thing, postId, id, version, textVersion, status]) => {
      return { thing, postId, id, version, textVersion, status };
    }),
]);
export type Write = z.infer<typeof Write>;

/** @returns the token of `write`. To clients it is opaque: they send it back as it is */
export function encodeToken(write: Write): string {
  const { thing, postId, version } = write;
  const fields =
    thing === 'post'
      ? [thing, postId, version]
      : thing === 'comment'
        ? [thing, postId, write.id, version]
        : [thing, postId, write.id, version, write.textVersion, write.status];
  return Buffer.from(fields.join(':')).toString('base64url');
}

/**
 * Reads a `Consistency-Token` of a request: a list (RFC 9110, section 5.6.1), into which several such headers are joined.
 *
 * @returns the writes, or undefined when it holds no token, more than `MAX_TOKENS`, or one that no write was answered with
 */
export function parseTokens(header: string): Write[] | undefined {
  const tokens = header.split(',').map((token) => token.trim());
  const given = tokens.filter((token) => token !== '');
  if (given.length === 0 || given.length > MAX_TOKENS) return undefined;
  const writes = given.map(parseToken).filter((write) => write !== undefined);
  return writes.length === given.length ? writes : undefined;
}

function parseToken(token: string): Write | undefined {
  const fields = Buffer.from(token, 'base64url').toString().split(':');
  const { data } = Write.safeParse(fields);
  // Decoding passes over what is not base64url, and there are several ways to write the last character.
  return data && encodeToken(data) === token ? data : undefined;
}
