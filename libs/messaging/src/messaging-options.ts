import type { ServiceName } from '#contracts';

/** Injection token of the MessagingOptions. */
export const MESSAGING_OPTIONS = Symbol('MessagingOptions');

export interface MessagingOptions {
  /** The service that this process is a copy of. */
  service: ServiceName;
  /** Tells the copies of a service apart and stays the same over a restart: host and port. */
  instance: string;
  /** AMQP URLs of the nodes of one RabbitMQ cluster. */
  urls: string[];
  /** How long a failed event waits before each further attempt, in milliseconds. */
  retryDelays: number[];
  /** How many events one copy works on at once. */
  prefetch: number;
  /** How long handling an event may take before the attempt counts as failed, in milliseconds; a minute if not said. */
  handlerTimeout?: number;
  /** How long until an event is published again whose loss nobody would notice, in milliseconds; see `Repeats`. */
  repeatAfter: number;
  /** How long closing waits for handlers in flight and for the outbox, in milliseconds. */
  shutdownTimeout: number;
}
