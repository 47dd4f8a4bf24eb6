import type { RedriveResult } from '#contracts';
import type { PublishOptions } from '../confirms.js';
import { MalformedEventError } from '../errors.js';
import { parseEvent } from '../event-envelope.js';
import { FAILURE_HEADERS, originalOptions } from '../failure-policy.js';
import { EVENT_LOG, queueOf } from '../topology.js';
import { type ConfirmedSender, ReturnedError } from './confirmed-sender.js';
import type { DeadLetter } from './dead-letter.js';

/**
 * Headers that a message must not take along: the story of its failure, by which it would go back at once, RabbitMQ's own
 * notes, and those by which a sender has it copied to other queues.
 */
const left = new Set<string>([
  FAILURE_HEADERS.attempts,
  FAILURE_HEADERS.reason,
  FAILURE_HEADERS.error,
  FAILURE_HEADERS.stack,
  FAILURE_HEADERS.failedAt,
  FAILURE_HEADERS.logOffset,
  'CC',
  'BCC',
  'x-death',
  'x-delivery-count',
  'x-acquired-count',
  'x-stream-offset',
]);
const isLeft = (name: string): boolean => left.has(name) || /^x-(first|last)-death-/.test(name);

/** Sends dead letters to where they can be handled anew, and tells what became of each. */
export class Redrive {
  /** The event log's dead letters that were sent: each copy of query has one of its own of the same event. */
  private readonly sent = new Map<number, Promise<void>>();

  constructor(private readonly sender: ConfirmedSender) {}

  /**
   * Resolves when RabbitMQ has the message safely, or it is clear that it must stay a dead letter.
   *
   * @throws when it is not known what became of it
   */
  async send(letter: DeadLetter): Promise<RedriveResult> {
    try {
      await (letter.service === 'query' ? this.append(letter) : this.sender.send(...toQueue(letter)));
      return resultOf(letter, 'redriven');
    } catch (error) {
      if (error instanceof ReturnedError) return resultOf(letter, 'kept', error.message);
      if (error instanceof MalformedEventError) return resultOf(letter, 'kept', forEver(error));
      throw error;
    }
  }

  /** At the log's end, once for all copies of query; their versions make it harmless that it is there twice. */
  private append(letter: DeadLetter): Promise<void> {
    const { logOffset, message } = letter;
    const before = logOffset === null ? undefined : this.sent.get(logOffset);
    if (before) return before;
    parseEvent(message.content);
    const sending = this.sender.send(EVENT_LOG, message.content, freshOptions(letter));
    if (logOffset !== null) this.sent.set(logOffset, sending);
    return sending;
  }
}

/** What a redrive would do. */
export function foresee(letter: DeadLetter): RedriveResult {
  try {
    if (letter.service === 'query') parseEvent(letter.message.content);
    return resultOf(letter, 'would-redrive');
  } catch (error) {
    return resultOf(letter, 'kept', forEver(error as Error));
  }
}

const toQueue = (letter: DeadLetter): [string, Buffer, PublishOptions] => [
  queueOf(letter.service),
  letter.message.content,
  freshOptions(letter),
];

/** As it was before it failed, but for a count of its redrives and its type's exchange. */
function freshOptions({ message, type, redrives }: DeadLetter): PublishOptions {
  const kept = Object.entries(message.properties.headers ?? {}).filter(([name]) => !isLeft(name));
  const headers = {
    ...(Object.fromEntries(kept) as Record<string, unknown>),
    ...(type !== 'unknown' && { [FAILURE_HEADERS.exchange]: type }),
    [FAILURE_HEADERS.redrives]: redrives + 1,
  };
  return { ...originalOptions(message), headers };
}

function resultOf(letter: DeadLetter, outcome: RedriveResult['outcome'], detail?: string): RedriveResult {
  const { id, service, messageId, type } = letter;
  return { id, service, messageId, type, outcome, ...(detail !== undefined && { detail }) };
}

const forEver = ({ message }: Error): string =>
  `the event log keeps for ever what is put into it, and this is no event (${message}); discard it`;
