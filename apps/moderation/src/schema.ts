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
import { CreateCases1790000000200 } from '../migrations/1790000000200-create-cases.js';
import { Case } from './cases/case.entity.js';
import { DeletedPost } from './cases/deleted-post.entity.js';

/** What the database of moderation holds. */
export const moderationSchema: Schema = {
  entities: [Case, DeletedPost, OutboxMessage, InboxMessage, RepeatedEvent, Lease],
  migrations: [
    CreateOutbox1790000000001,
    CreateInbox1790000000002,
    OrderOutboxByEvent1790000000004,
    CreateLeases1790000000005,
    CreateRepeats1790000000006,
    CreateCases1790000000200,
  ],
};
