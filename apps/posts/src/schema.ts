import {
  CreateLeases1790000000005,
  CreateOutbox1790000000001,
  Lease,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
  type Schema,
} from '#database';
import { CreatePosts1790000000100 } from '../migrations/1790000000100-create-posts.js';
import { Post } from './posts/post.entity.js';

/** What the database of posts holds. */
export const postsSchema: Schema = {
  entities: [Post, OutboxMessage, Lease],
  migrations: [
    CreateOutbox1790000000001,
    OrderOutboxByEvent1790000000004,
    CreateLeases1790000000005,
    CreatePosts1790000000100,
  ],
};
