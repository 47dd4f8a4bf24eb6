import { z } from 'zod';
import { Id, Timestamp, Version } from '../http/common.js';

/** Published by posts when a post is deleted. Its comments go with it in every service; no event is sent for them. */
export const PostDeleted = z.object({ id: Id, deletedAt: Timestamp, version: Version });
export type PostDeleted = z.infer<typeof PostDeleted>;
