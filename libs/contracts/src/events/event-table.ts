import type { z } from 'zod';
import type { ServiceName } from '../services.js';
import { CommentCreated } from './comment-created.event.js';
import { CommentDeleted } from './comment-deleted.event.js';
import { CommentEdited } from './comment-edited.event.js';
import { CommentModerated } from './comment-moderated.event.js';
import { CommentUpdated } from './comment-updated.event.js';
import { PostCreated } from './post-created.event.js';
import { PostDeleted } from './post-deleted.event.js';
import { PostUpdated } from './post-updated.event.js';

/** One event type: the schema of its data, who publishes it, and who reacts to it. */
interface EventDefinition {
  /** Schema of the CloudEvent's `data`. */
  readonly data: z.ZodType;
  /** The service that publishes it; no other does. */
  readonly publisher: ServiceName;
  /** The services whose queue is bound to the event's exchange. */
  readonly reactors: readonly ServiceName[];
  /** What the event's `subject` is taken from: the property of `data` that holds the id of the thing it is about. */
  readonly subject: string;
}

/**
 * Every event of the system. The key is the exchange's name, the `@EventPattern` string and the CloudEvents `type`.
 * Exchanges, bindings and the check of each service's handlers are derived from this table. Besides the reactors,
 * the event log keeps every event, and the query service reads it.
 */
export const eventTable = {
  'post.created': { data: PostCreated, publisher: 'posts', reactors: ['comments'], subject: 'id' },
  'post.updated': { data: PostUpdated, publisher: 'posts', reactors: [], subject: 'id' },
  'post.deleted': { data: PostDeleted, publisher: 'posts', reactors: ['comments', 'moderation'], subject: 'id' },
  'comment.created': { data: CommentCreated, publisher: 'comments', reactors: ['moderation'], subject: 'id' },
  'comment.edited': { data: CommentEdited, publisher: 'comments', reactors: ['moderation'], subject: 'id' },
  'comment.updated': { data: CommentUpdated, publisher: 'comments', reactors: [], subject: 'id' },
  'comment.deleted': { data: CommentDeleted, publisher: 'comments', reactors: ['moderation'], subject: 'id' },
  'comment.moderated': {
    data: CommentModerated,
    publisher: 'moderation',
    reactors: ['comments'],
    subject: 'commentId',
  },
} as const satisfies Record<string, EventDefinition>;

export type EventType = keyof typeof eventTable;
export const eventTypes = Object.keys(eventTable) as EventType[];

/** The data of an event of type `T`. */
export type EventData<T extends EventType> = z.infer<(typeof eventTable)[T]['data']>;

/** The events that `service` reacts to through its queue. */
export const eventsReactedToBy = (service: ServiceName): EventType[] =>
  eventTypes.filter((type) => (eventTable[type].reactors as readonly ServiceName[]).includes(service));

/** The events that `service` publishes. */
export const eventsPublishedBy = (service: ServiceName): EventType[] =>
  eventTypes.filter((type) => eventTable[type].publisher === service);

/** The services that react to events, and so have a queue. */
export const reactingServices = [...new Set(eventTypes.flatMap((type) => [...eventTable[type].reactors]))];
