import { z } from 'zod';
import { Post } from '../http/posts.js';

/** Published by posts when a post's title or body changed. Carries the whole post as it is now. */
export const PostUpdated = Post;
export type PostUpdated = z.infer<typeof PostUpdated>;
