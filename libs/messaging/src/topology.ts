import type { Channel, Options } from 'amqplib';
import { eventsReactedToBy, eventTypes, reactingServices, SERVICE_ANNOUNCED, type ServiceName } from '#contracts';

/** The stream that keeps every event. */
export const EVENT_LOG = 'event-log';

/** The queue of a service; its copies compete on it. */
export const queueOf = (service: ServiceName): string => service;
/** Where the events stand that a service could not handle. */
export const deadLetterQueueOf = (service: ServiceName): string => `${service}.dead`;
/** Where events wait for a further attempt. */
export const retryQueueOf = (service: ServiceName, delay: number): string => `${service}.retry.${durationName(delay)}`;

/**
 * Redeliveries after lost connections count towards this limit, so it lies far above what honest bad luck reaches. It
 * only stops an event that kills the process each time. It must be said at the first declaration: RabbitMQ 4's
 * default is 20, and a later change is refused.
 */
const DELIVERY_LIMIT = 100;

/** Looking at dead letters in the management UI must not use them up: a number that is never reached. */
const NO_DELIVERY_LIMIT = 1_000_000_000;

/** Sends what leaves `queue` on to `target` through the default exchange, and keeps it until it has arrived there. */
const deadLetteringTo = (target: string): Record<string, unknown> => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': target,
  'x-dead-letter-strategy': 'at-least-once',
  // What at-least-once dead-lettering asks for.
  'x-overflow': 'reject-publish',
});

const quorum = (args: Record<string, unknown>): Options.AssertQueue => ({
  durable: true,
  arguments: { 'x-queue-type': 'quorum', ...args },
});

/**
 * Declares everything that is on the broker, for all services: every exchange, queue and binding follows from the
 * event table. Every process declares all of it, so an event is kept for a service that was never started yet, and the
 * order in which services start does not matter.
 *
 * @param retryDelays in milliseconds, one retry queue each
 * @throws when a queue or exchange exists with other arguments; RabbitMQ's message names the argument
 */
export async function declareTopology(channel: Channel, retryDelays: number[]): Promise<void> {
  const exchanges = [...eventTypes, SERVICE_ANNOUNCED];
  await Promise.all(exchanges.map((name) => channel.assertExchange(name, 'fanout', { durable: true })));
  await channel.assertQueue(EVENT_LOG, { durable: true, arguments: { 'x-queue-type': 'stream' } });
  await Promise.all(eventTypes.map((type) => channel.bindQueue(EVENT_LOG, type, '')));
  await declareDeadLetters(channel, 'query');
  await Promise.all(reactingServices.map((service) => declareService(channel, service, retryDelays)));
}

async function declareService(channel: Channel, service: ServiceName, retryDelays: number[]): Promise<void> {
  const queue = queueOf(service);
  await declareDeadLetters(channel, service);
  await channel.assertQueue(
    queue,
    quorum({ 'x-delivery-limit': DELIVERY_LIMIT, ...deadLetteringTo(deadLetterQueueOf(service)) }),
  );
  await Promise.all([
    ...eventsReactedToBy(service).map((type) => channel.bindQueue(queue, type, '')),
    ...retryDelays.map((delay) =>
      channel.assertQueue(
        retryQueueOf(service, delay),
        quorum({ 'x-delivery-limit': NO_DELIVERY_LIMIT, 'x-message-ttl': delay, ...deadLetteringTo(queue) }),
      ),
    ),
  ]);
}

const declareDeadLetters = (channel: Channel, service: ServiceName): Promise<unknown> =>
  channel.assertQueue(deadLetterQueueOf(service), quorum({ 'x-delivery-limit': NO_DELIVERY_LIMIT }));

/** `500` is `500ms`, `5000` is `5s`, `120000` is `2m`. */
export function durationName(milliseconds: number): string {
  if (milliseconds % 60_000 === 0) return `${milliseconds / 60_000}m`;
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;
}
