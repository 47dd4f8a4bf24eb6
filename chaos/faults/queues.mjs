// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { queueOf } from '#messaging';
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { withChannel } from '../rounds/broker-channel.mjs';
import { shuffled } from '../rounds/random.mjs';
import { reactorsTo, recentEvents } from './recent-events.mjs';

/** @import { ConfirmChannel } from 'amqplib' */
/** @import { ServiceName } from '#contracts' */
/** @import { Fault, FaultContext, FaultSite } from './fault.mjs' */
/** @import { RecentEvent } from './recent-events.mjs' */

/** Not the event log: what is in there cannot be told again. */
const consumed = /** @type {ServiceName[]} */ (['comments', 'moderation']);

const repeated = 200;
const workMs = 60_000;
/** More than is needed for as many messages as are sent ahead to a service. */
const pileUpMs = 15_000;
const everyMs = 250;
/** A new queue is on the disk after a second. */
const rememberedMs = 2000;

/** What can happen to queues, and to the messages on their way into them. @type {Fault[]} */
export const queueFaults = [
  {
    name: 'queue-deleted',
    what: 'the queue of comments or moderation is deleted, with all that has piled up in it while its service stood still',
    seconds: 8,
    touchesOneOf: consumed,
    needs: ['broker'],
    async inject(site, { target, signal }) {
      const service = /** @type {ServiceName} */ (target);
      const queue = queueOf(service);
      const consumers = site.processes.filter(({ name }) => name === service);
      for (const { pid } of consumers) process.kill(pid, 'SIGSTOP');
      let messages = 0;
      try {
        await waitFor(async () => (await lookAt(site, queue)).messageCount > 0, { timeoutMs: pileUpMs, everyMs });
        ({ messageCount: messages } = await withChannel(site, (channel) => channel.deleteQueue(queue), workMs));
      } finally {
        for (const { pid } of consumers) process.kill(pid, 'SIGCONT');
      }
      // What is published before it is declared again does not reach it either.
      const isBack = () =>
        lookAt(site, queue).then(
          ({ consumerCount }) => consumerCount === consumers.length,
          () => false,
        );
      if (!(await waitFor(isBack, { timeoutMs: workMs, everyMs }))) throw new Error(`nobody declared ${queue} again`);
      // RabbitMQ 3.10 that is killed before does not find the queue again, and refuses whatever should get there.
      await delay(rememberedMs, undefined, { signal });
      site.queuesDeletedAt[service] = new Date().toISOString();
      return `queue ${queue} deleted with ${messages} messages in it`;
    },
  },
  {
    name: 'deliveries-repeated',
    what: 'recent events are delivered a second time to the queues of those who react to them',
    seconds: 2,
    touches: ['broker'],
    inject: (site, context) =>
      again(site, context, (channel, events) => {
        for (const event of events) deliver(channel, event);
        return 'delivered a second time';
      }),
  },
  {
    name: 'deliveries-reversed',
    what: 'the same, the latest first',
    seconds: 2,
    touches: ['broker'],
    inject: (site, context) =>
      again(site, context, (channel, events) => {
        for (const event of events.toReversed()) deliver(channel, event);
        return 'delivered a second time, the latest first';
      }),
  },
  {
    name: 'events-published-again',
    // What a publisher does that is killed between the confirm and remembering it.
    what: 'recent events are published a second time, in any order: the event log holds them twice',
    seconds: 2,
    touches: ['broker'],
    inject: (site, context) =>
      again(site, context, (channel, events) => {
        for (const { type, content, options } of shuffled(context.random, events)) {
          channel.publish(type, '', content, options);
        }
        return 'published a second time';
      }),
  },
];

/** How many messages and consumers a queue has. @param {FaultSite} site @param {string} queue @throws when there is none */
function lookAt(site, queue) {
  return withChannel(site, (channel) => channel.checkQueue(queue), workMs);
}

/**
 * @param {FaultSite} site
 * @param {FaultContext} context
 * @param {(channel: ConfirmChannel, events: RecentEvent[]) => string} send does it, and says what it was
 */
async function again(site, { random }, send) {
  /** @param {ConfirmChannel} channel */
  const work = async (channel) => {
    const events = await recentEvents(channel, repeated, random);
    const sent = send(channel, events);
    site.injectedEventIds.push(...events.map(({ id }) => id));
    await channel.waitForConfirms();
    return `${events.length} events ${sent}`;
  };
  return withChannel(site, work, workMs);
}

/** To every queue that it came to when it was published. @param {ConfirmChannel} channel @param {RecentEvent} event */
function deliver(channel, event) {
  for (const service of reactorsTo(event)) channel.sendToQueue(queueOf(service), event.content, event.options);
}
