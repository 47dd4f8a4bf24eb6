// @ts-check
import { appNames } from '../../scripts/lib/services.mjs';
import { pick } from '../rounds/random.mjs';

/** @import { Fault, Link } from './fault.mjs' */

// Heartbeats are sent every ten seconds, and a connection is given up when two have not come.
const unnoticedMs = 8000;
const noticedMs = 40_000;
const slowMs = 20_000;
const bytesPerSecond = 20_000;

/** What can happen to the network between a process, chosen by chance, and RabbitMQ. @type {Fault[]} */
export const networkFaults = [
  networkFault({
    name: 'network-cut',
    what: 'the network between a process and RabbitMQ is cut without a word, long enough for heartbeats to notice',
    ms: noticedMs,
    begin: (link) => link.cut(),
    done: 'cut off from RabbitMQ for',
  }),
  networkFault({
    name: 'network-cut-short',
    what: 'the network between a process and RabbitMQ is cut without a word, and back before heartbeats notice',
    ms: unnoticedMs,
    begin: (link) => link.cut(),
    done: 'cut off from RabbitMQ for',
  }),
  networkFault({
    name: 'network-slow',
    what: `between a process and RabbitMQ only ${bytesPerSecond / 1000} kB a second pass, 100 ms late`,
    ms: slowMs,
    begin: (link) => link.slow(bytesPerSecond),
    done: `at ${bytesPerSecond / 1000} kB/s to and from RabbitMQ for`,
  }),
];

/**
 * @param {{ name: string, what: string, ms: number, begin: (link: Link) => void, done: string }} options
 * @returns {Fault}
 */
function networkFault({ name, what, ms, begin, done }) {
  return {
    name,
    what,
    seconds: ms / 1000,
    touchesOneOf: [...appNames],
    async inject(site, { target, random, last }) {
      const reachable = site.processes.filter((each) => each.name === target);
      const { label, link } = pick(random, reachable);
      const since = performance.now();
      try {
        begin(link);
        await last(ms);
      } finally {
        link.restore();
      }
      return `${label} ${done} ${((performance.now() - since) / 1000).toFixed(1)} s`;
    },
  };
}
