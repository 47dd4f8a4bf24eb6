// @ts-check
import { aptCanInstall, aptInstall } from './apt.mjs';
import { createBroker } from './broker-handle.mjs';
import { dockerAnswers, dockerBroker, image, pullImage } from './broker-docker.mjs';
import { findInstalledServer, installedBroker } from './broker-installed.mjs';
import { messageOf, UserError } from './errors.mjs';
import { freePorts } from './ports.mjs';
import { installHint } from './install-hint.mjs';
import { Terminal } from './terminal.mjs';

/** @import { Broker } from './broker-handle.mjs' */
/** @typedef {{ kind: 'installed', server: string } | { kind: 'docker' }} BrokerMeans */

/**
 * Finds a way to run RabbitMQ on this machine: the installed one; else Docker; else, as root on Debian or Ubuntu, the
 * distribution's package, installed now. Otherwise the error says what to install.
 * @param {{ terminal?: Terminal, signal?: AbortSignal }} [options]
 * @returns {Promise<BrokerMeans>}
 */
export async function provisionBroker({ terminal = new Terminal(), signal } = {}) {
  const server = await findInstalledServer();
  if (server) return { kind: 'installed', server };
  if (await dockerAnswers()) {
    const step = terminal.step(`Fetching ${image} for Docker`);
    const failure = await pullImage(signal).then(() => undefined, messageOf);
    signal?.throwIfAborted();
    if (failure === undefined) return (step.done(), { kind: 'docker' });
    step.fail(`Docker could not fetch ${image}`);
  }
  if (await aptCanInstall()) {
    const step = terminal.step('Installing RabbitMQ (apt-get install rabbitmq-server)');
    await aptInstall(['rabbitmq-server'], { disableServices: ['rabbitmq-server'], signal });
    step.done();
    const installed = await findInstalledServer();
    if (installed) return { kind: 'installed', server: installed };
  }
  throw new UserError(`RabbitMQ is needed and was not found.\n  ${await installHint()}`);
}

/**
 * Starts a RabbitMQ of our own, apart from any other on this machine: everything it keeps is in `dir` (Docker: in a
 * volume named in `dir`), and it listens on the loopback interface only, unless told otherwise. The same directory can be started again and
 * has its data.
 * @param {object} options
 * @param {string} options.dir where it keeps everything; made when it does not exist
 * @param {string} [options.host] where AMQP clients connect; another address than 127.0.0.1 takes the installed RabbitMQ
 * @param {number} [options.amqpPort] a free one when left out, like the other two
 * @param {number} [options.managementPort]
 * @param {number} [options.prometheusPort]
 * @param {BrokerMeans} [options.means] what `provisionBroker` found; looked for when left out
 * @param {number} [options.statisticsIntervalMs] how often the management API has new figures
 * @param {AbortSignal} [options.signal] gives up the start
 * @returns {Promise<Broker>} once it accepts connections
 */
export async function startPrivateBroker({
  dir,
  means,
  signal,
  host = '127.0.0.1',
  statisticsIntervalMs = 5000,
  ...wanted
}) {
  const how = means ?? (await provisionBroker());
  const [amqp = 0, management = 0, prometheus = 0, distribution = 0, epmd = 0] = await freePorts(5);
  const ports = {
    amqp: wanted.amqpPort ?? amqp,
    management: wanted.managementPort ?? management,
    prometheus: wanted.prometheusPort ?? prometheus,
    distribution,
    epmd,
  };
  const recipe =
    how.kind === 'docker'
      ? await dockerBroker({ dir, ports })
      : await installedBroker({ server: how.server, dir, host, ports, statisticsIntervalMs });
  const broker = createBroker(recipe);
  try {
    await broker.start(signal);
  } catch (error) {
    await broker.close({ force: true });
    throw error;
  }
  return broker;
}
