import type { Comment, CommentView } from '#contracts';

/** A comment as everybody may see it: its text only once it is approved. */
export const toView = ({ id, postId, content, status, createdAt, updatedAt, version }: Comment): CommentView => ({
  id,
  postId,
  content: status === 'approved' ? content : null,
  status,
  createdAt,
  updatedAt,
  version,
});
