import type { ConsumeMessage } from 'amqplib';
import type { PublishOptions } from './confirms.js';
import { v5 as uuidv5 } from 'uuid';
import type { ServiceName } from '#contracts';
import { isDatabaseTrouble } from '#database';
import { UnrecoverableEventError } from './errors.js';
import { deadLetterQueueOf, retryQueueOf } from './topology.js';

/** Headers that tell the story of a message that failed. */
export const FAILURE_HEADERS = {
  /** How often handling it was tried. (RabbitMQ 4 no longer counts republished messages in `x-death`.) */
  attempts: 'x-parley-attempts',
  /** `transient` or `permanent`. */
  reason: 'x-parley-reason',
  /** The error's class and message. */
  error: 'x-parley-error',
  /** Where it was thrown. */
  stack: 'x-parley-stack',
  /** ISO 8601. */
  failedAt: 'x-parley-failed-at',
  /** The exchange it was first published to. */
  exchange: 'x-parley-exchange',
  /** Its offset in the event log, where it was read from there. */
  logOffset: 'x-parley-log-offset',
  /** How often it was taken out of the dead letters to be tried anew. */
  redrives: 'x-parley-redrives',
} as const;

/** How often handling this message was tried before. */
export const attemptsBefore = (message: ConsumeMessage): number => {
  const attempts: unknown = message.properties.headers?.[FAILURE_HEADERS.attempts];
  return typeof attempts === 'number' ? attempts : 0;
};

/** An error is permanent when its thrower says so; everything else (locks, timeouts, bugs) may pass. */
export const isPermanent = (error: unknown): boolean => error instanceof UnrecoverableEventError;

/**
 * Where a message goes whose handler threw: to the retry queue whose turn it is, or to the dead letters when the error
 * is permanent or no attempt is left. While it is the database that fails, the last retry queue has always another turn:
 * an outage of hours shall not fill the dead letters.
 *
 * @returns the queue, and the message's options with the story in its headers
 */
export function nextStop(
  service: ServiceName,
  retryDelays: number[],
  message: ConsumeMessage,
  error: unknown,
): { queue: string; options: PublishOptions } {
  const attempts = attemptsBefore(message) + 1;
  const last = isDatabaseTrouble(error) ? retryDelays.at(-1) : undefined;
  const delay = isPermanent(error) ? undefined : (retryDelays[attempts - 1] ?? last);
  return {
    queue: delay === undefined ? deadLetterQueueOf(service) : retryQueueOf(service, delay),
    options: { ...originalOptions(message), headers: failureHeaders(message, error, attempts) },
  };
}

/** The headers that a failed message carries from here on. */
export function failureHeaders(message: ConsumeMessage, error: unknown, attempts: number): Record<string, unknown> {
  const headers = message.properties.headers ?? {};
  const { name, text, frame } = describe(error);
  return {
    ...headers,
    [FAILURE_HEADERS.attempts]: attempts,
    [FAILURE_HEADERS.reason]: isPermanent(error) ? 'permanent' : 'transient',
    [FAILURE_HEADERS.error]: `${name}: ${text}`.slice(0, 1_000),
    [FAILURE_HEADERS.stack]: frame,
    [FAILURE_HEADERS.failedAt]: new Date().toISOString(),
    [FAILURE_HEADERS.exchange]: headers[FAILURE_HEADERS.exchange] ?? message.fields.exchange,
  };
}

/** Ours, for names that are made of a message's content (RFC 9562, version 5). */
const NAMESPACE = '5c0a7d4e-5a0c-4f5e-9d0e-6f1f3b1a2c4d';

/**
 * What a message is called that was published without a `messageId`, as by hand: the same whoever names it, each copy of
 * query say, and however often.
 */
export const nameOf = (content: Buffer): string => uuidv5(content, NAMESPACE);

/** The properties of a message that it keeps when it is sent on. */
export const originalOptions = ({ properties, content }: ConsumeMessage): PublishOptions => ({
  contentType: properties.contentType as string | undefined,
  messageId: (properties.messageId as string | undefined) ?? nameOf(content),
  type: properties.type as string | undefined,
  appId: properties.appId as string | undefined,
});

function describe(error: unknown): { name: string; text: string; frame: string } {
  if (!(error instanceof Error)) return { name: 'Error', text: String(error), frame: '' };
  const frame = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? '';
  return { name: error.name, text: error.message, frame: frame.trim().slice(0, 500) };
}
