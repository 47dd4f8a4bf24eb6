// @ts-check
import { EVENT_LOG } from '#messaging';
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { withChannel } from '../rounds/broker-channel.mjs';
import { pick } from '../rounds/random.mjs';

/** @import { Broker } from '../../scripts/lib/broker-handle.mjs' */
/** @import { Fault, FaultSite } from './fault.mjs' */

const stoppedMs = 60_000;
const nodeDownMs = 15_000;
const alarmMs = 15_000;
/** What RabbitMQ takes to start. */
const startSeconds = 7;
const noticeMs = 30_000;
const readableMs = 60_000;

/** What scripts/lib/broker-installed.mjs says in the node's configuration. */
const usualWatermark = '0.4';

/** What can happen to RabbitMQ. @type {Fault[]} */
export const brokerFaults = [
  {
    name: 'broker-killed',
    what: 'RabbitMQ, all its nodes, is killed and started again at once',
    seconds: startSeconds,
    touches: ['broker'],
    async inject(site) {
      await whileDown(site, site.nodes, 'kill', async () => {});
      return 'RabbitMQ killed and started again';
    },
  },
  {
    name: 'broker-stopped',
    what: 'RabbitMQ is shut down for a minute',
    seconds: stoppedMs / 1000 + startSeconds,
    touches: ['broker'],
    async inject(site, { last }) {
      await whileDown(site, site.nodes, 'stop', () => last(stoppedMs));
      return 'RabbitMQ shut down and started again';
    },
  },
  {
    name: 'broker-node-killed',
    what: 'one of three RabbitMQ nodes is killed, and started again after a while',
    seconds: nodeDownMs / 1000 + startSeconds,
    touches: ['broker'],
    impossible: ({ nodes }) => (nodes.length === 3 ? undefined : 'it takes a RabbitMQ cluster of three nodes'),
    async inject(site, { random, last }) {
      const { nodes } = site;
      const node = pick(random, nodes);
      await whileDown(site, [node], 'kill', () => last(nodeDownMs));
      return `node ${nodes.indexOf(node) + 1} of ${nodes.length} killed and started again`;
    },
  },
  {
    name: 'broker-memory-alarm',
    what: 'RabbitMQ says that it has no memory left, and takes no messages for a while',
    seconds: alarmMs / 1000,
    touches: ['broker'],
    async inject({ nodes }, { random, last }) {
      // The alarm of one node stops the publishers of all.
      const node = pick(random, nodes);
      try {
        await node.control('set_vm_memory_high_watermark', '0.0001');
        await untilAlarm(node, true);
        await last(alarmMs);
      } finally {
        await node.control('set_vm_memory_high_watermark', usualWatermark);
      }
      await untilAlarm(node, false);
      return 'memory alarm raised and lifted';
    },
  },
];

/**
 * @param {FaultSite} site
 * @param {Broker[]} nodes
 * @param {'kill' | 'stop'} end
 * @param {() => Promise<void>} meanwhile
 */
async function whileDown(site, nodes, end, meanwhile) {
  try {
    await Promise.all(nodes.map((node) => node[end]()));
    await meanwhile();
  } finally {
    // Together: a node that was down with all others waits for them.
    await Promise.all(nodes.map((node) => node.start()));
  }
  if (!(await waitFor(() => canBeRead(site), { timeoutMs: readableMs }))) {
    throw new Error('RabbitMQ is back, but its event log cannot be read');
  }
}

/** A node answers before its queues do: the event log is the last. @param {FaultSite} site */
async function canBeRead(site) {
  const read = withChannel(
    site,
    (channel) => channel.prefetch(1).then(() => channel.consume(EVENT_LOG, () => {})),
    noticeMs,
  );
  return read.then(
    () => true,
    () => false,
  );
}

/** @param {Broker} node @param {boolean} wanted */
async function untilAlarm(node, wanted) {
  const reported = await waitFor(async () => (await hasMemoryAlarm(node)) === wanted, { timeoutMs: noticeMs });
  if (!reported) throw new Error(`RabbitMQ has ${wanted ? 'raised no' : 'not lifted its'} memory alarm`);
}

/**
 * Whether a node has its memory alarm raised now, as its management API tells after a second or so.
 * @param {Broker} node
 * @returns {Promise<boolean>}
 */
export async function hasMemoryAlarm({ managementUrl }) {
  const { origin, username, password } = new URL(managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${origin}/api/nodes`, { headers: { authorization } });
  const nodes = /** @type {{ mem_alarm?: boolean }[]} */ (await response.json());
  return nodes.some(({ mem_alarm: raised }) => raised);
}
