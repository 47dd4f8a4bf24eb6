import { Logger } from '@nestjs/common';
import type { ConfirmChannel } from 'amqplib';
import type { BrokerConnection } from './broker-connection.js';
import { failureHeaders, FAILURE_HEADERS, originalOptions } from './failure-policy.js';
import type { LogMessage } from './log-message.js';

/** An event of the log that cannot be applied: why, after how many attempts, and the channel that it came on. */
export type LogFailure = [entry: LogMessage, cause: unknown, attempts: number, channel: ConfirmChannel];

/**
 * Dead-letters an event of the log, with its offset.
 *
 * @returns whether RabbitMQ has it, so that it may be skipped; else a fresh channel is opened
 */
export async function deadLetterFromLog(
  broker: BrokerConnection,
  queue: string,
  ...[{ offset, message }, cause, attempts, channel]: LogFailure
): Promise<boolean> {
  new Logger('event log').error(`event at offset ${offset} goes to ${queue} and is skipped: ${String(cause)}`);
  const headers = { ...failureHeaders(message, cause, attempts), [FAILURE_HEADERS.logOffset]: offset };
  try {
    await broker.publish(channel, '', queue, message.content, { ...originalOptions(message), headers });
    return true;
  } catch (error) {
    broker.reopen(`cannot send to ${queue}: ${String(error)}`);
    return false;
  }
}
