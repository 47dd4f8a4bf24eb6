import type { Comment as CommentBody } from '#contracts';
import type { Comment } from './comment.entity.js';

/** What others may see of it: all but the bookkeeping of verdicts. */
export const toBody = ({ id, postId, content, status, createdAt, updatedAt, version }: Comment): CommentBody => ({
  id,
  postId,
  content,
  status,
  createdAt,
  updatedAt,
  version,
});
