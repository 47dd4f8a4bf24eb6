import { z } from 'zod';
import { CommentView } from './comments.js';
import { Id, Timestamp, Version, withoutNul } from './common.js';

const title = z
  .string('must be a string')
  .trim()
  .min(1, 'must not be empty')
  .max(200, 'must have at most 200 characters')
  .regex(...withoutNul);
const body = z
  .string('must be a string')
  .max(20_000, 'must have at most 20,000 characters')
  .regex(...withoutNul);

/** Body of `POST /posts`. */
export const CreatePost = z.strictObject({ title, body: body.default('') });
export type CreatePost = z.infer<typeof CreatePost>;

/** Body of `PATCH /posts/:postId`: what is left out stays as it is. */
export const UpdatePost = z
  .strictObject({ title: title.optional(), body: body.optional() })
  .refine((patch) => patch.title !== undefined || patch.body !== undefined, 'give a title, a body or both');
export type UpdatePost = z.infer<typeof UpdatePost>;

/** A post as its own service answers it. */
export const Post = z.object({
  id: Id,
  title: z.string(),
  body: z.string(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  version: Version,
});
export type Post = z.infer<typeof Post>;

/** A post as the read model answers it: with its comment count and its first 20 comments, oldest first. */
export const PostView = Post.extend({
  commentCount: z.int().min(0),
  comments: z.array(CommentView),
});
export type PostView = z.infer<typeof PostView>;
