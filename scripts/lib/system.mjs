// @ts-check
import { mkdir } from 'node:fs/promises';
import { UserError } from './errors.mjs';
import { readinessOf } from './readiness.mjs';
import { planSystem } from './services.mjs';
import { Supervised } from './supervisor.mjs';
import { waitFor } from './wait-for.mjs';

/** @import { AppName, Instance, SystemOptions } from './services.mjs' */

/**
 * @typedef {object} SystemHooks
 * @property {(label: string, line: string) => void} [onLine] a line one of the processes printed
 * @property {(label: string, message: string) => void} [onNotice] a process died, was started again, …
 * @property {() => void} [onChange] a process was started or has ended
 * @property {boolean} [restart] whether a process that dies is started again; true when left out
 */

/** One running process of a system: what it is, and the handle to stop, restart or kill it. */
export class SystemProcess extends Supervised {
  /**
   * @param {Instance} instance
   * @param {SystemHooks} hooks
   */
  constructor(instance, { onLine, onNotice, onChange, restart }) {
    super(instance, {
      onLine: onLine && ((line) => onLine(instance.label, line)),
      onNotice: onNotice && ((message) => onNotice(instance.label, message)),
      onChange,
      restart,
    });
    this.label = instance.label;
    this.name = instance.name;
    this.port = instance.port;
    this.url = instance.url;
    this.databaseUrl = instance.databaseUrl;
  }

  /** Whether it is ready to work, and what its `/health/ready` says. */
  readiness() {
    return readinessOf(this.url);
  }
}

/** The processes of one system. */
export class System {
  /**
   * @param {Instance[]} instances in the order to start them
   * @param {SystemHooks} [hooks]
   */
  constructor(instances, hooks = {}) {
    this.processes = instances.map((instance) => new SystemProcess(instance, hooks));
  }

  /**
   * A process by its label, for example `posts` or `comments:4006`.
   * @param {string} label
   */
  process(label) {
    const found = this.processes.find((each) => each.label === label);
    if (!found) throw new Error(`No ${label} in this system: ${this.processes.map((each) => each.label).join(', ')}`);
    return found;
  }

  /**
   * Where the first instance of a service, or the gateway, is.
   * @param {AppName} name
   */
  url(name) {
    return this.process(name).url;
  }

  start() {
    for (const each of this.processes) each.start();
  }

  /**
   * Waits until every process is ready; the error names those that are not, and what they say.
   * @param {{ timeoutMs?: number, signal?: AbortSignal, onWaiting?: (labels: string[]) => void }} [options]
   */
  async whenReady({ timeoutMs = 60_000, signal, onWaiting } = {}) {
    let waiting = this.processes;
    const allReady = await waitFor(
      async () => {
        const states = await Promise.all(waiting.map((each) => each.readiness()));
        waiting = waiting.filter((_, index) => !states[index]?.ready);
        onWaiting?.(waiting.map((each) => each.label));
        return waiting.length === 0;
      },
      { timeoutMs, everyMs: 100, signal },
    );
    if (allReady) return;
    const states = await Promise.all(waiting.map(async (each) => `${each.label}: ${(await each.readiness()).answer}`));
    throw new UserError([`Not ready after ${Math.round(timeoutMs / 1000)} s:`, ...states].join('\n  '));
  }

  /**
   * Stops everything: the gateway first, so that the requests it is answering still reach the services.
   * @param {number} [deadlineMs] after which what still runs is killed
   */
  async stop(deadlineMs = 15_000) {
    const edge = Promise.all(this.processes.filter(isGateway).map((each) => each.stop(deadlineMs)));
    // A client that keeps its connection must not use up the time the services have.
    const started = performance.now();
    let edgeGone = false;
    void edge.then(() => (edgeGone = true));
    await waitFor(() => edgeGone, { timeoutMs: deadlineMs / 5, everyMs: 10 });
    const left = Math.max(1000, Math.round(deadlineMs - (performance.now() - started)));
    const services = this.processes.filter(isService).map((each) => each.stop(left));
    await Promise.all([edge, ...services]);
  }
}

/** @param {SystemProcess} process */
function isGateway({ name }) {
  return name === 'gateway';
}

/** @param {SystemProcess} process */
function isService({ name }) {
  return name !== 'gateway';
}

/**
 * Starts a whole system as processes of its own: what `npm start` does, and what a test does on private ports.
 * @param {SystemOptions & SystemHooks & { signal?: AbortSignal, timeoutMs?: number }} options
 * @returns {Promise<System>} once everything is ready
 */
export async function startSystem({ onLine, onNotice, onChange, restart, signal, timeoutMs, ...options }) {
  await mkdir(options.dataDir, { recursive: true });
  const system = new System(planSystem(options), { onLine, onNotice, onChange, restart });
  system.start();
  try {
    await system.whenReady({ signal, timeoutMs });
  } catch (error) {
    await system.stop();
    throw error;
  }
  return system;
}
