import { z } from 'zod';
import { Id, Timestamp, Version } from '../http/common.js';

/** Published by comments when one comment is deleted (not when its post is: see `post.deleted`). */
export const CommentDeleted = z.object({ id: Id, postId: Id, deletedAt: Timestamp, version: Version });
export type CommentDeleted = z.infer<typeof CommentDeleted>;
