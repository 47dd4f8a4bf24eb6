import { z } from 'zod';
import { Comment } from '../http/comments.js';

/** Published by comments when the author changed the text; its status is `pending` again. */
export const CommentEdited = Comment;
export type CommentEdited = z.infer<typeof CommentEdited>;
