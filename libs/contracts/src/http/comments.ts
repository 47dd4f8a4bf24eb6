import { z } from 'zod';
import { Id, Timestamp, Version, withoutNul } from './common.js';

/** Where a comment stands: waiting for its verdict, shown, or not shown. */
export const CommentStatus = z.enum(['pending', 'approved', 'rejected']);
export type CommentStatus = z.infer<typeof CommentStatus>;

const content = z
  .string('must be a string')
  .trim()
  .min(1, 'must not be empty')
  .max(5_000, 'must have at most 5,000 characters')
  .regex(...withoutNul);

/** Body of `POST /posts/:postId/comments`. */
export const CreateComment = z.strictObject({ content });
export type CreateComment = z.infer<typeof CreateComment>;

/** Body of `PATCH /posts/:postId/comments/:commentId`; the new text goes through moderation again. */
export const UpdateComment = z.strictObject({ content });
export type UpdateComment = z.infer<typeof UpdateComment>;

/** A comment as its own service answers it: the author sees the text whatever its status. */
export const Comment = z.object({
  id: Id,
  postId: Id,
  content: z.string(),
  status: CommentStatus,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  version: Version,
});
export type Comment = z.infer<typeof Comment>;

/** A comment as the read model shows it: `content` is null unless the comment is approved. */
export const CommentView = Comment.extend({ content: z.string().nullable() });
export type CommentView = z.infer<typeof CommentView>;
