import { z } from 'zod';
import { CommentView } from './comments.js';
import { Id } from './common.js';
import { Post } from './posts.js';

/**
 * What `GET /events` sends: the SSE `event:` name and the JSON of its `data:` line. The SSE `id:` is the event's
 * offset in the event log, the same on every copy of the query service.
 *
 * - `post.changed`: the post was created or edited.
 * - `post.deleted`: the post is gone, and all its comments with it.
 * - `comment.changed`: the comment appeared, was edited or was judged; `commentCount` is its post's new count.
 * - `comment.deleted`: the comment is gone.
 * - `reset`: what was missed can no longer be told; read the lists again.
 */
export const readModelChanges = {
  'post.changed': Post,
  'post.deleted': z.object({ id: Id }),
  'comment.changed': z.object({ comment: CommentView, commentCount: z.int().min(0) }),
  'comment.deleted': z.object({ id: Id, postId: Id, commentCount: z.int().min(0) }),
  reset: z.object({}),
} as const;

export type ReadModelChangeType = keyof typeof readModelChanges;
export type ReadModelChange = {
  [T in ReadModelChangeType]: { type: T; data: z.infer<(typeof readModelChanges)[T]> };
}[ReadModelChangeType];
