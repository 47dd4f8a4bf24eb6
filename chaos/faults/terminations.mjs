// @ts-check
import { pick } from '../rounds/random.mjs';
import { askMeanwhile } from './asking.mjs';
import { watchDeliveries } from './redeliveries.mjs';

/** @import { Fault, FaultSite, SiteProcess } from './fault.mjs' */

/** Services with a queue of their own. @type {SiteProcess['name'][]} */
const withQueue = ['comments', 'moderation'];
/** Who is asked meanwhile. @type {SiteProcess['name'][]} */
const asked = ['posts', 'comments', 'query'];

/**
 * SIGTERM with requests and handlers in flight: nothing may be delivered again, and no idempotent request may fail where
 * another copy can answer it. They are injected without others, because other faults may cause either.
 * @type {Fault[]}
 */
export const terminations = /** @type {const} */ (['posts', 'comments', 'query', 'moderation', 'gateway']).map(
  (name) => ({
    name: `terminate-${name}`,
    what: `SIGTERM of a process of ${name}: no redelivery, no idempotent request fails that another copy can answer`,
    seconds: 4,
    inject: async (site, { random }) => {
      const target = pick(
        random,
        site.processes.filter((each) => each.name === name),
      );
      const seen = { answered: 0, failures: /** @type {string[]} */ ([]) };
      const restart = async () =>
        Object.assign(seen, await askMeanwhile(site, answering(site, name), () => again(target)));
      const { delivered, redelivered } = withQueue.includes(name)
        ? await watchDeliveries(site, name, restart)
        : (await restart(), { delivered: 0, redelivered: [] });
      const [failure] = seen.failures;
      if (failure !== undefined) {
        throw new Error(
          `${target.label} got SIGTERM, and ${seen.failures.length} of ${seen.answered} requests failed: ${failure}`,
        );
      }
      if (redelivered.length > 0) {
        throw new Error(
          `${target.label} got SIGTERM, and ${redelivered.length} of ${delivered} events were delivered again: ${redelivered[0]}`,
        );
      }
      return `terminated ${target.label} (${seen.answered} requests answered, ${delivered} events delivered, ${redelivered.length} again)`;
    },
  }),
);

/** Those that are there, whatever happens to one process of that name. @param {FaultSite} site @param {SiteProcess['name']} name */
function answering(site, name) {
  if (name === 'gateway') return [];
  const copies = site.processes.filter((each) => each.name === name).length;
  return asked.filter((each) => each !== name || copies > 1);
}

/** @param {SiteProcess} target */
async function again(target) {
  await target.kill('SIGTERM');
  await target.start();
}
