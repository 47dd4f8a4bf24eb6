import { z } from 'zod';
import { eventTypes, reactingServices } from '../events/event-table.js';
import { Timestamp } from './common.js';

/** The services that have dead letters: those that react to events, and the one that reads the event log. */
export const deadLetterServices = [...reactingServices, 'query'] as const;

/** The service that could not handle the message. */
export const DeadLetterService = z.enum(deadLetterServices);
export type DeadLetterService = z.infer<typeof DeadLetterService>;

/** The event that the message is, or was meant to be; `unknown` when nothing tells. */
export const DeadLetterType = z.enum([...eventTypes, 'unknown']);
export type DeadLetterType = z.infer<typeof DeadLetterType>;

/**
 * Why it is a dead letter: its error was `permanent`, or `transient` at every attempt; RabbitMQ gave it up at its
 * `delivery-limit`, as handling it killed the process each time; or nothing tells (`unknown`).
 */
export const DeadLetterReason = z.enum(['permanent', 'transient', 'delivery-limit', 'unknown']);
export type DeadLetterReason = z.infer<typeof DeadLetterReason>;

/** A dead letter's own id or its `messageId`, which several may share. */
export const DeadLetterId = z.string().min(1).max(255);

/** Which dead letters are meant: those that fit all that is said. */
export const DeadLetterFilter = z.strictObject({
  service: DeadLetterService.optional(),
  type: DeadLetterType.optional(),
  reason: DeadLetterReason.optional(),
  id: DeadLetterId.optional(),
});
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

/** A dead letter without its headers and body. */
export const DeadLetterSummary = z.object({
  /** Made of its content and its story: the same at every look, whatever `messageId` it has. */
  id: z.string(),
  service: DeadLetterService,
  messageId: z.string().nullable(),
  type: DeadLetterType,
  reason: DeadLetterReason,
  /** Class and message of the error, or what RabbitMQ tells. */
  error: z.string(),
  /** How often handling it was tried; null where RabbitMQ gave it up. */
  attempts: z.int().nullable(),
  failedAt: Timestamp.nullable(),
  /** Its offset in the event log, where it was read from there. */
  logOffset: z.int().nullable(),
  /** How often it was redriven before. */
  redrives: z.int(),
  /** Bytes of its body. */
  size: z.int(),
});
export type DeadLetterSummary = z.infer<typeof DeadLetterSummary>;

/** The whole story of a dead letter. */
export const DeadLetterDetail = DeadLetterSummary.extend({
  headers: z.record(z.string(), z.unknown()),
  body: z.object({
    /** Indented `json`, `text` as it is, or bytes in `hex`. */
    format: z.enum(['json', 'text', 'hex']),
    content: z.string(),
    /** Whether `content` is only the beginning. */
    truncated: z.boolean(),
  }),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

/** Dead letters that are alike, and the error of the newest of them. */
export const DeadLetterGroup = z.object({
  service: DeadLetterService,
  type: DeadLetterType,
  reason: DeadLetterReason,
  count: z.int(),
  oldest: Timestamp.nullable(),
  newest: Timestamp.nullable(),
  error: z.string(),
});
export type DeadLetterGroup = z.infer<typeof DeadLetterGroup>;

/** Query string of `GET /operations/dead-letters`: the oldest of each service first. */
export const ListDeadLetters = DeadLetterFilter.omit({ id: true }).extend({
  limit: z.coerce.number('must be a number').int().min(1).max(1_000).default(100),
});
export type ListDeadLetters = z.infer<typeof ListDeadLetters>;

/** Query string of `GET` and `DELETE /operations/dead-letters/:id`. */
export const WhichDeadLetter = DeadLetterFilter.pick({ service: true });
export type WhichDeadLetter = z.infer<typeof WhichDeadLetter>;

/** Body of `POST /operations/dead-letters/redrive`. */
export const RedriveDeadLetters = DeadLetterFilter.extend({
  /** Must be said when nothing else says which ones. */
  all: z.literal(true).optional(),
  dryRun: z.boolean().default(false),
  /** The most that are redriven by one request. */
  limit: z.int().min(1).max(10_000).default(1_000),
}).refine(
  ({ service, type, reason, id, all }) => [service, type, reason, id, all].some((each) => each !== undefined),
  'must say which ones: service, type, reason or id, or "all": true',
);
export type RedriveDeadLetters = z.infer<typeof RedriveDeadLetters>;

/** What became of one dead letter: it was `redriven`, or would be; or it was `kept`, with the reason in `detail`. */
export const RedriveResult = z.object({
  id: z.string(),
  service: DeadLetterService,
  messageId: z.string().nullable(),
  type: DeadLetterType,
  outcome: z.enum(['redriven', 'would-redrive', 'kept']),
  detail: z.string().optional(),
});
export type RedriveResult = z.infer<typeof RedriveResult>;

/** What a redrive did. */
export const RedriveReport = z.object({ results: z.array(RedriveResult) });
export type RedriveReport = z.infer<typeof RedriveReport>;
