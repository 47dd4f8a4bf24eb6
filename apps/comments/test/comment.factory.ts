import { v7 as uuidv7 } from 'uuid';
import type { Comment, CommentModerated } from '#contracts';

/** The verdict on a comment as moderation publishes it. */
export const aVerdictOn = (comment: Comment, overrides: Partial<CommentModerated> = {}): CommentModerated => ({
  commentId: comment.id,
  postId: comment.postId,
  commentVersion: comment.version,
  status: 'approved',
  reasons: [],
  moderatedAt: new Date().toISOString(),
  version: 1,
  ...overrides,
});

/** An id of the right form that nothing has. */
export const unknownId = (): string => uuidv7();
