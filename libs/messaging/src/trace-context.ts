import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What is being handled now. */
export interface TraceContext {
  /** W3C Trace Context (https://www.w3.org/TR/trace-context/). */
  traceparent: string;
  /** The event that is being handled, if it is one. */
  eventId?: string | undefined;
}

const storage = new AsyncLocalStorage<TraceContext>();

/**
 * The trace of the request or event that is being handled. It goes into every event that is published meanwhile and
 * into every log line, so one trace id leads from an HTTP request through everything that it caused.
 */
export const traceContext = {
  /** The current trace, or undefined outside a request and outside an event handler. */
  current: (): TraceContext | undefined => storage.getStore(),

  /** Runs `work` within a trace: the caller's, or a new one where the caller sent none or a malformed one. */
  run: <T>(trace: { traceparent?: unknown; eventId?: string }, work: () => T): T =>
    storage.run({ traceparent: wellFormed(trace.traceparent) ?? newTraceparent(), eventId: trace.eventId }, work),
};

const pattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const wellFormed = (traceparent: unknown): string | undefined =>
  typeof traceparent === 'string' && pattern.test(traceparent) ? traceparent : undefined;

/** Made of UUIDs, which Node has in store, where `randomBytes` would ask the system each time. */
const newTraceparent = (): string => `00-${hex(32)}-${hex(16)}-01`;
const hex = (length: number): string => randomUUID().replaceAll('-', '').slice(-length);
