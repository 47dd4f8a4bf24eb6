import {
  CreateLeases1790000000005,
  CreateOutbox1790000000001,
  CreateRepeats1790000000006,
  Lease,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
  RepeatedEvent,
  type Schema,
} from '#database';
import { CreatePosts1790000000100 } from '../migrations/1790000000100-create-posts.js';
import { Post } from './posts/post.entity.js';

/** What the database of posts holds. */
export const postsSchema: Schema = {
  entities: [Post, OutboxMessage, RepeatedEvent, Lease],
  migrations: [
    CreateOutbox1790000000001,
    OrderOutboxByEvent1790000000004,
    CreateLeases1790000000005,
    CreateRepeats1790000000006,
    CreatePosts1790000000100,
  ],
};
