import { z } from 'zod';
import { type EventData, type EventType, eventTypes } from './event-table.js';

/** A W3C Trace Context `traceparent` (https://www.w3.org/TR/trace-context/). */
export const TraceParent = z.string().regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);

/**
 * The envelope of every event on the wire: CloudEvents 1.0 in structured JSON mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md).
 * Extension attributes that we do not know are let through.
 */
export const Envelope = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().min(1),
  type: z.enum(eventTypes),
  subject: z.string().optional(),
  time: z.iso.datetime({ offset: true }),
  dataschema: z.string().optional(),
  datacontenttype: z.literal('application/json').optional(),
  traceparent: TraceParent.optional(),
  data: z.unknown(),
});

/** An event with its data checked against the event table. */
export interface CloudEvent<T extends EventType = EventType> {
  specversion: '1.0';
  /** UUIDv7; also the AMQP `messageId`, and what the inbox remembers. */
  id: string;
  /** Which service published it: `urn:parley:posts`. */
  source: string;
  type: T;
  /** The id of the thing that the event is about. */
  subject: string;
  /** ISO 8601. */
  time: string;
  /** Names the schema of `data`: `urn:parley:schema:comment.created`. */
  dataschema: string;
  traceparent?: string | undefined;
  data: EventData<T>;
}
