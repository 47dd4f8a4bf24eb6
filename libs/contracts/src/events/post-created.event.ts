import { z } from 'zod';
import { Post } from '../http/posts.js';

/** Published by posts in the transaction that stores a new post. */
export const PostCreated = Post;
export type PostCreated = z.infer<typeof PostCreated>;
