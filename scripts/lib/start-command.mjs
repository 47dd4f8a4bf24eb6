// @ts-check
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keepBrokerUp } from './broker-keeper.mjs';
import { clientDir } from './build.mjs';
import { databasesOn, namesServerOnly } from './database-urls.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { messageOf } from './errors.mjs';
import { managementAnswers } from './external-broker.mjs';
import { clearLeftovers } from './leftovers.mjs';
import { createLogPrinter } from './log-printer.mjs';
import { printOverview } from './overview.mjs';
import { requireFreePorts } from './ports.mjs';
import { prepare } from './prepare.mjs';
import { processEnvironment } from './process-environment.mjs';
import { forgetRunning, RunningRecord } from './running-file.mjs';
import { assignPorts, listInstances, planSystem } from './services.mjs';
import { sharedSettings } from './shared-settings.mjs';
import { System } from './system.mjs';
import { watch } from './watch.mjs';

/** @import { ChosenBroker } from './broker-choice.mjs' */
/** @import { StartOptions } from './start-options.mjs' */
/** @import { StopSignals } from './stop-signals.mjs' */
/** @import { Terminal } from './terminal.mjs' */

/**
 * @typedef {object} StartContext
 * @property {string} root of the checkout
 * @property {Terminal} terminal
 * @property {StopSignals} signals
 * @property {NodeJS.ProcessEnv} env
 */

/**
 * Everything `npm start` does. Ends only by an error: that something failed, or that a signal asked it to stop.
 * @param {StartOptions} options
 * @param {StartContext} context
 * @returns {Promise<never>}
 */
export async function startCommand(options, context) {
  const { root, terminal, signals, env } = context;
  const dataDir = join(root, '.data');
  await mkdir(dataDir, { recursive: true });
  await clearLeftovers(dataDir, terminal);
  const host = env.HOST || '127.0.0.1';
  const ports = assignPorts(options.copies);
  // Before the minutes an installation may take, and before there is a broker to give up again.
  await requireFreePorts(listInstances(ports), host);
  await ensureDependencies({ root, terminal, signal: signals.stop });
  const broker = await prepare(options, context, dataDir);

  const print = createLogPrinter(
    terminal,
    listInstances(ports).map(({ label }) => label),
  );
  const where = { rabbitmqUrl: broker.url, host, databaseUrls: chooseDatabases(options, context) };
  const record = new RunningRecord(dataDir, { ...where, settings: sharedSettings(env, ports, host) });
  const noteRunning = () => record.update([...system.processes, { label: 'RabbitMQ', pid: broker.own?.pid }]);
  const environment = processEnvironment({ root, terminal, env, sourceMaps: options.watch });
  const plan = planSystem({ ...where, root, ports, dataDir, clientDir: clientDir(root), env: environment });
  const system = new System(plan, {
    onLine: print,
    onNotice: (label, message) => print(label, terminal.paint('yellow', message)),
    onChange: noteRunning,
  });
  const keeper = broker.own && keepBrokerUp(broker.own, { terminal, onChange: noteRunning });
  signals.force.addEventListener('abort', () => killEverything(system, broker));
  try {
    system.start();
    const notReady = await waitUntilReady(system, context);
    const management = await managementAnswers(broker.managementUrl);
    printOverview({ terminal, system, broker, management, root, notReady });
    if (options.watch) watch({ root, terminal, system, signal: signals.stop });
    return await aborted(signals.stop);
  } finally {
    keeper?.release();
    record.stopping();
    await stopEverything(system, broker, terminal);
    await record.settled();
    await forgetRunning(dataDir);
  }
}

/**
 * @param {System} system
 * @param {StartContext} context
 * @returns {Promise<string[]>} the labels of what is not ready after a minute: reported, and left running
 */
async function waitUntilReady(system, { terminal, signals }) {
  const step = terminal.step('Waiting for the services');
  let waiting = system.processes.map(({ label }) => label);
  try {
    await system.whenReady({
      signal: signals.stop,
      onWaiting: (labels) => {
        waiting = labels;
        step.update(`Waiting for ${labels.join(', ')}`);
      },
    });
    step.done('Everything is ready');
  } catch (error) {
    if (signals.stop.aborted) step.drop();
    signals.stop.throwIfAborted();
    step.fail('Not everything is ready');
    terminal.warn(messageOf(error));
  }
  return waiting;
}

/**
 * @param {System} system
 * @param {ChosenBroker} broker
 * @param {Terminal} terminal
 */
async function stopEverything(system, broker, terminal) {
  const services = terminal.step('Stopping the services');
  await system.stop();
  services.done('Services stopped');
  if (!broker.own) return;
  const step = terminal.step('Stopping RabbitMQ');
  await broker.own.close();
  step.done('RabbitMQ stopped');
}

/** @param {System} system @param {ChosenBroker} broker */
function killEverything(system, broker) {
  for (const each of system.processes) each.signal('SIGKILL');
  void broker.own?.kill();
}

/** @param {AbortSignal} signal @returns {Promise<never>} */
function aborted(signal) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/**
 * Where the services keep their data: on the PostgreSQL server that DATABASE_URL names, else in files of their own.
 * @param {StartOptions} options
 * @param {StartContext} context
 */
function chooseDatabases({ fresh }, { env, terminal }) {
  const url = env.DATABASE_URL;
  if (!url) return {};
  if (namesServerOnly(url)) {
    if (fresh) terminal.warn('--fresh does not empty the databases on PostgreSQL: they should have been made anew.');
    return databasesOn(url);
  }
  terminal.warn(
    'DATABASE_URL is not used: each service has a database of its own, so it must name a PostgreSQL server',
  );
  terminal.line('  without a database, such as postgres://user:password@host:5432. SQLite files in .data are used.');
  return {};
}
