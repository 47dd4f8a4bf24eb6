import { z } from 'zod';
import { Id, Timestamp, Version } from '../http/common.js';
import { VerdictReason } from '../http/moderation.js';

/**
 * Published by moderation when a comment is judged, by the rules or by a person. Nothing is published while a comment
 * waits for a person.
 *
 * `version` counts the states of the moderation case; `commentVersion` says which text was judged.
 */
export const CommentModerated = z.object({
  commentId: Id,
  postId: Id,
  commentVersion: Version,
  status: z.enum(['approved', 'rejected']),
  reasons: z.array(VerdictReason),
  moderatedAt: Timestamp,
  version: Version,
});
export type CommentModerated = z.infer<typeof CommentModerated>;
