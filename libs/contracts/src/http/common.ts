import { z } from 'zod';

/** Identifier of a post, a comment or an event: a UUIDv7 (RFC 9562), so identifiers sort by creation time. */
export const Id = z.uuidv7('must be a UUIDv7, such as 019a2f4e-7c1b-7d3a-9e55-0c2f6a1b8d47');

/** A point in time: ISO 8601 in UTC with milliseconds. */
export const Timestamp = z.iso.datetime({ precision: 3 });

/** Counts the states of one thing: 1 when it is created, one more at each change. */
export const Version = z.int().min(1);

/** Query string of every list: how many items at most, and the id of the last item of the page before. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number('must be a number').int().min(1).max(100).default(20),
  cursor: z.uuidv7('must be taken from the Link header of the page before').optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** For `z.string().regex(...)`: PostgreSQL cannot store U+0000, and nobody types it. */
export const withoutNul = [/^[^\0]*$/, 'must not contain the character U+0000'] as const;
