import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { type CloudEvent, Envelope, type EventData, type EventType, eventTable, type ServiceName } from '#contracts';
import { MalformedEventError } from './errors.js';
import { traceContext } from './trace-context.js';

/** What a CloudEvent in structured JSON mode is called in AMQP's `content-type`. */
export const CLOUD_EVENT_CONTENT_TYPE = 'application/cloudevents+json';

/** Wraps `data` in a CloudEvent, ready to be stored in the outbox. The data is not checked: the caller's types do. */
export function createEvent<T extends EventType>(service: ServiceName, type: T, data: EventData<T>): CloudEvent<T> {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: `urn:parley:${service}`,
    type,
    subject: String((data as Record<string, unknown>)[eventTable[type].subject]),
    time: new Date().toISOString(),
    dataschema: `urn:parley:schema:${type}`,
    traceparent: traceContext.current()?.traceparent,
    data,
  };
}

/**
 * Reads an event off the wire and checks it against the event table.
 *
 * @param content the message's body: a CloudEvent in structured JSON mode
 * @throws MalformedEventError when it is not JSON, not a CloudEvent of a type we know, or its data breaks the schema
 */
export function parseEvent(content: Buffer): CloudEvent {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new MalformedEventError(`the body is not JSON: ${(error as Error).message}`);
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) throw new MalformedEventError(`not a CloudEvent of ours: ${explain(envelope.error)}`);
  const data = eventTable[envelope.data.type].data.safeParse(envelope.data.data);
  if (!data.success) throw new MalformedEventError(`data breaks the schema: ${explain(data.error)}`);
  return { ...envelope.data, data: data.data } as CloudEvent;
}

const explain = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`)
    .join('; ');
