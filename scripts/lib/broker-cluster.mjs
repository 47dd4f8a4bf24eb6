// @ts-check
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { provisionBroker } from './broker.mjs';
import { createBroker } from './broker-handle.mjs';
import { installedBroker } from './broker-installed.mjs';
import { UserError } from './errors.mjs';
import { freePorts } from './ports.mjs';

/** @import { Broker } from './broker-handle.mjs' */

/** The fewest of which one may die. */
const size = 3;

/**
 * A RabbitMQ cluster of our own on this machine.
 * @typedef {object} BrokerCluster
 * @property {(Broker & { name: string })[]} nodes each can be stopped, killed and started on its own
 * @property {string} url for AMQP clients: all nodes, separated by commas
 * @property {() => Promise<void>} close ends it and deletes its data
 */

/**
 * Starts three nodes that form a cluster, apart from any other RabbitMQ on this machine.
 * @param {object} options
 * @param {string} options.dir where they keep everything; made when it does not exist
 * @param {AbortSignal} [options.signal] gives up the start
 * @returns {Promise<BrokerCluster>} once the nodes accept connections
 */
export async function startPrivateCluster({ dir, signal }) {
  const means = await provisionBroker();
  if (means.kind !== 'installed')
    throw new UserError('A private cluster needs a RabbitMQ that is installed, not Docker.');
  const nodes = await createNodes(means.server, dir);
  const cluster = {
    nodes,
    url: nodes.map(({ url }) => url).join(','),
    close: async () => {
      await Promise.all(nodes.map((node) => node.close({ force: true })));
      // The port mapper, which they share, ends when none of them is left.
      await Promise.all(nodes.map((node) => node.close({ discard: true })));
      await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    // The first one makes the cluster; who starts at the same moment could make another.
    await nodes[0]?.start(signal);
    await Promise.all(nodes.slice(1).map((node) => node.start(signal)));
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** @param {string} server @param {string} dir */
async function createNodes(server, dir) {
  const id = randomBytes(4).toString('hex');
  const cookie = randomBytes(16).toString('hex');
  const members = Array.from({ length: size }, (_, index) => `parley-${id}-${index + 1}@localhost`);
  const [epmd = 0, ...ports] = await freePorts(1 + 4 * size);
  return Promise.all(
    members.map(async (name, index) => {
      const [amqp = 0, management = 0, prometheus = 0, distribution = 0] = ports.slice(4 * index);
      const recipe = await installedBroker({
        server,
        dir: join(dir, `node-${index + 1}`),
        host: '127.0.0.1',
        ports: { amqp, management, prometheus, distribution, epmd },
        statisticsIntervalMs: 1000,
        membership: { name, members, cookie },
      });
      // Not a spread: some properties of a broker change while it lives.
      return Object.assign(createBroker(recipe), { name });
    }),
  );
}
