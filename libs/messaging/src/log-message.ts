import type { ConsumeMessage } from 'amqplib';

/** A message of the event log, as it was delivered. */
export interface LogMessage {
  /** Where in the log it is. */
  offset: number;
  message: ConsumeMessage;
  /** When it came to us, in milliseconds. */
  receivedAt: number;
}

/** Where in the event log a message is. */
export const offsetOf = (message: ConsumeMessage): number => Number(message.properties.headers?.['x-stream-offset']);

/** The id by which an event is told from others; `''` where the message has none. */
export const idOf = (message: ConsumeMessage): string => String(message.properties.messageId ?? '');
