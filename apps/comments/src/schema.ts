import {
  CreateInbox1790000000002,
  CreateLeases1790000000005,
  CreateOutbox1790000000001,
  CreateRepeats1790000000006,
  InboxMessage,
  Lease,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
  RepeatedEvent,
  type Schema,
} from '#database';
import { CreateComments1790000000110 } from '../migrations/1790000000110-create-comments.js';
import { AnnouncePendingAgain1790000000300 } from '../migrations/1790000000300-announce-pending-again.js';
import { Comment } from './comments/comment.entity.js';
import { KnownPost } from './known-posts/known-post.entity.js';

/** What the database of comments holds. */
export const commentsSchema: Schema = {
  entities: [Comment, KnownPost, OutboxMessage, InboxMessage, RepeatedEvent, Lease],
  migrations: [
    CreateOutbox1790000000001,
    CreateInbox1790000000002,
    OrderOutboxByEvent1790000000004,
    CreateLeases1790000000005,
    CreateRepeats1790000000006,
    CreateComments1790000000110,
    AnnouncePendingAgain1790000000300,
  ],
};
