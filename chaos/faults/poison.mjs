// @ts-check
import { randomUUID } from 'node:crypto';
import { eventTable, eventTypes } from '#contracts';
import { CLOUD_EVENT_CONTENT_TYPE, deadLetterQueueOf, nameOf } from '#messaging';
import { withChannel } from '../rounds/broker-channel.mjs';
import { shuffled } from '../rounds/random.mjs';
import { poisonKinds, poisonousBody } from './poison-messages.mjs';

/** @import { ConfirmChannel } from 'amqplib' */
/** @import { EventType } from '#contracts' */
/** @import { Fault } from './fault.mjs' */
/** @import { PoisonKind } from './poison-messages.mjs' */

/** @typedef {{ kind: PoisonKind, type: EventType, id: string, body: Buffer }} Dose one poisonous message */

const sendMs = 60_000;

/** What is published that nobody can handle. @type {Fault[]} */
export const poisonFaults = [
  {
    name: 'poison',
    what: `${poisonKinds.length} kinds of messages that nobody can handle, each on every exchange`,
    seconds: 6,
    touches: ['broker'],
    async inject(site, { random }) {
      const doses = eventTypes.flatMap((type) => poisonKinds.map((kind) => doseOf(kind, type)));
      await withChannel(site, (channel) => sendAll(channel, shuffled(random, doses)), sendMs);
      site.poison.push(
        ...doses.flatMap(({ type, kind, id, body }) =>
          endsOf(type).map((queue) => ({ queue, messageId: kind.anonymous ? nameOf(body) : id })),
        ),
      );
      return `${doses.length} poisonous messages published on ${eventTypes.length} exchanges`;
    },
  },
];

/** @param {PoisonKind} kind @param {EventType} type @returns {Dose} */
function doseOf(kind, type) {
  const id = randomUUID();
  return { kind, type, id, body: poisonousBody(kind, type, id) };
}

/** @param {ConfirmChannel} channel @param {Dose[]} doses */
async function sendAll(channel, doses) {
  for (const { kind, type, id, body } of doses) {
    const name = kind.anonymous ? {} : { messageId: id };
    const headers = { 'x-chaos': kind.what };
    channel.publish(type, '', body, {
      contentType: CLOUD_EVENT_CONTENT_TYPE,
      type,
      headers,
      persistent: true,
      ...name,
    });
  }
  await channel.waitForConfirms();
}

/** The queues in which an event of this type ends that nobody can handle. @param {EventType} type */
function endsOf(type) {
  // Query reads all of them in the event log.
  return [...eventTable[type].reactors, /** @type {const} */ ('query')].map(deadLetterQueueOf);
}
