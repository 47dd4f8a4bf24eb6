import { z } from 'zod';
import { Comment } from '../http/comments.js';

/** Published by comments when a new comment is stored; its status is `pending`. */
export const CommentCreated = Comment;
export type CommentCreated = z.infer<typeof CommentCreated>;
