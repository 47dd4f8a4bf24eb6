// @ts-check
import { randomUUID } from 'node:crypto';
import { eventTable, eventTypes } from '#contracts';
import { CLOUD_EVENT_CONTENT_TYPE, deadLetterQueueOf } from '#messaging';
import { withChannel } from '../rounds/broker-channel.mjs';
import { shuffled } from '../rounds/random.mjs';
import { lookUp } from './dead-letters.mjs';
import { poisonKinds, poisonousBody } from './poison-messages.mjs';

/** @import { ConfirmChannel } from 'amqplib' */
/** @import { EventType } from '#contracts' */
/** @import { Fault, FaultSite } from './fault.mjs' */
/** @import { PoisonKind } from './poison-messages.mjs' */

/** @typedef {{ kind: PoisonKind, type: EventType, id: string }} Dose one poisonous message */

const sendMs = 60_000;
const lookUpMs = 90_000;

/** What is published that nobody can handle. @type {Fault[]} */
export const poisonFaults = [
  {
    name: 'poison',
    what: `${poisonKinds.length} kinds of messages that nobody can handle, each on every exchange`,
    seconds: 6,
    // Not together with the death of query: it would name a second time what has no name.
    touches: ['broker', 'query'],
    async inject(site, { random }) {
      const doses = eventTypes.flatMap((type) => poisonKinds.map((kind) => ({ kind, type, id: randomUUID() })));
      const order = shuffled(random, doses);
      await withChannel(site, (channel) => sendAll(channel, order), sendMs);
      const [anonymous, named] = [doses.filter(isAnonymous), doses.filter((dose) => !isAnonymous(dose))];
      site.poison.push(...named.flatMap(({ type, id }) => endsOf(type).map((queue) => ({ queue, messageId: id }))));
      site.poison.push(...(await namesOf(site, anonymous)));
      return `${doses.length} poisonous messages published on ${eventTypes.length} exchanges`;
    },
  },
];

/** @param {Dose} dose */
function isAnonymous({ kind }) {
  return kind.anonymous === true;
}

/** @param {ConfirmChannel} channel @param {Dose[]} doses */
async function sendAll(channel, doses) {
  for (const dose of doses) send(channel, dose);
  await channel.waitForConfirms();
}

/** @param {ConfirmChannel} channel @param {Dose} dose */
function send(channel, dose) {
  const { kind, type, id } = dose;
  const name = isAnonymous(dose) ? {} : { messageId: id };
  const headers = { 'x-chaos': kind.what };
  const options = { contentType: CLOUD_EVENT_CONTENT_TYPE, type, headers, persistent: true, ...name };
  channel.publish(type, '', poisonousBody(kind, type, id), options);
}

/**
 * What has no messageId is given one by whoever dead-letters it, each copy of query for itself: they are looked up by the id
 * in the body.
 * @param {FaultSite} site
 * @param {Dose[]} doses
 */
async function namesOf(site, doses) {
  const queues = [...new Set(doses.flatMap(({ type }) => endsOf(type)))];
  const readers = site.processes.filter(({ name }) => name === 'query').length;
  const found = await Promise.all(
    queues.map((queue) => {
      const ids = doses.filter(({ type }) => endsOf(type).includes(queue)).map(({ id }) => id);
      const times = queue === deadLetterQueueOf('query') ? readers : 1;
      return withChannel(site, (channel) => lookUp(channel, queue, { ids, times }), lookUpMs);
    }),
  );
  return found.flat();
}

/** The queues in which an event of this type ends that nobody can handle. @param {EventType} type */
function endsOf(type) {
  // Query reads all of them in the event log.
  return [...eventTable[type].reactors, /** @type {const} */ ('query')].map(deadLetterQueueOf);
}
