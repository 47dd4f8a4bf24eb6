// @ts-check
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { probeAmqp } from './amqp-probe.mjs';
import { provisionBroker, startPrivateBroker } from './broker.mjs';
import { clearData, readRecord, writeRecord } from './data-dir.mjs';
import {
  createVhost,
  deleteVhost,
  hostOf,
  managementUrlOf,
  nodesOf,
  reachableNode,
  withoutPassword,
  withVhost,
} from './external-broker.mjs';
import { freePortNear, isPortFree, nameHolder } from './ports.mjs';

/** @import { Broker } from './broker-handle.mjs' */
/** @import { BrokerRecord } from './data-dir.mjs' */
/** @import { Terminal } from './terminal.mjs' */
/** @typedef {{ url: string, managementUrl: string, description: string, own?: Broker }} ChosenBroker */

/**
 * @typedef {object} ChoiceOptions
 * @property {string} dataDir
 * @property {boolean} fresh whether to begin empty
 * @property {NodeJS.ProcessEnv} env
 * @property {Terminal} terminal
 * @property {AbortSignal} [signal]
 */

const usualUrl = 'amqp://guest:guest@127.0.0.1:5672';
const usualPorts = { amqp: 5672, management: 15_672, prometheus: 15_692 };

/**
 * The broker for a start, running: the one RABBITMQ_URL names; else our own, if its data is here; else one that answers
 * on the usual port; else our own, begun now. Beginning empty deletes what is in the data directory, and leaves the
 * events of earlier runs behind as well: the databases and the event log only make sense together.
 * @param {ChoiceOptions} options
 * @returns {Promise<ChosenBroker>}
 */
export async function openBroker(options) {
  const { dataDir, fresh, env, terminal } = options;
  const record = await readRecord(dataDir);
  const url = env.RABBITMQ_URL || (await usualBroker(options));
  const chosen = url ? await openExternal(url, record, options) : await openOwn(options);
  const { name, vhost } = chosen;
  if (!fresh && record && record.name !== name) {
    terminal.warn(`The data in ${dataDir} was written with another broker (${record.name}): events that wait there`);
    terminal.line('  will not arrive. Use that broker again, or begin empty with --fresh.');
  }
  await writeRecord(dataDir, { name, vhost });
  return chosen;
}

/**
 * The URL of a broker on the usual port, if it is one we should use.
 * @param {ChoiceOptions} options
 */
async function usualBroker({ dataDir, fresh, terminal }) {
  const begun = await access(join(dataDir, 'rabbitmq')).then(
    () => true,
    () => false,
  );
  if ((begun && !fresh) || (await isPortFree(usualPorts.amqp))) return undefined;
  const { state, detail } = await probeAmqp(usualUrl);
  if (state === 'ok') return usualUrl;
  terminal.warn(`Port ${usualPorts.amqp} is of no use for RabbitMQ: ${detail} (${await nameHolder(usualPorts.amqp)}).`);
  terminal.line('  Starting a RabbitMQ on another port.');
  return undefined;
}

/**
 * @param {string} url of one node, or of several, separated by commas
 * @param {BrokerRecord | undefined} record
 * @param {ChoiceOptions} options
 * @returns {Promise<ChosenBroker & BrokerRecord>}
 */
async function openExternal(url, record, { dataDir, fresh, env }) {
  const node = await reachableNode(url);
  const nodes = nodesOf(url);
  const name = nodes.map(hostOf).join(', ');
  const managementUrl = managementUrlOf(node, env);
  const earlier = record?.name === name ? record.vhost : undefined;
  let vhost = earlier;
  if (fresh) {
    vhost = await createVhost(node, managementUrl);
    if (earlier) await deleteVhost(managementUrl, earlier);
    await clearData(dataDir);
  }
  const used = nodes.map((each) => (vhost ? withVhost(each, vhost) : each));
  return { url: used.join(','), managementUrl, description: used.map(withoutPassword).join(', '), name, vhost };
}

/** @param {ChoiceOptions} options @returns {Promise<ChosenBroker & BrokerRecord>} */
async function openOwn({ dataDir, fresh, terminal, signal }) {
  const means = await provisionBroker({ terminal, signal });
  if (fresh) await clearData(dataDir);
  const step = terminal.step('Starting RabbitMQ');
  try {
    const own = await startPrivateBroker({
      dir: join(dataDir, 'rabbitmq'),
      means,
      signal,
      amqpPort: await freePortNear(usualPorts.amqp),
      managementPort: await freePortNear(usualPorts.management),
      prometheusPort: await freePortNear(usualPorts.prometheus),
    });
    step.done(`RabbitMQ started${means.kind === 'docker' ? ' in Docker' : ''}`);
    const { url, managementUrl, kind } = own;
    return { url, managementUrl, description: withoutPassword(url), own, name: `Parley's own, ${kind}` };
  } catch (error) {
    step.drop();
    throw error;
  }
}
