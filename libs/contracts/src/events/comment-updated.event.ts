import { z } from 'zod';
import { Comment } from '../http/comments.js';

/** Published by comments when a verdict changed the comment's public state. Carries the whole comment as it is now. */
export const CommentUpdated = Comment;
export type CommentUpdated = z.infer<typeof CommentUpdated>;
