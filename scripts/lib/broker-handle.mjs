// @ts-check
import { readFile } from 'node:fs/promises';
import { probeAmqp } from './amqp-probe.mjs';
import { excerpt, UserError } from './errors.mjs';
import { describeEnding } from './run-command.mjs';
import { waitFor } from './wait-for.mjs';

/** @import { ChildProcess } from 'node:child_process' */

/**
 * How one kind of broker is run.
 * @typedef {object} BrokerRecipe
 * @property {'installed' | 'docker'} kind
 * @property {string} host the address for AMQP clients
 * @property {{ amqp: number, management: number }} ports
 * @property {string} logFile
 * @property {() => ChildProcess} spawn starts it; the child lives as long as the broker does
 * @property {(child: ChildProcess) => void | Promise<void>} terminate asks it to shut down
 * @property {(child: ChildProcess) => void | Promise<void>} kill ends it with everything it started, at once
 * @property {(args: string[]) => Promise<string>} control runs `rabbitmqctl` with these arguments
 * @property {() => Promise<void>} [cleanUp] ends what outlives the broker
 * @property {() => Promise<void>} discard deletes what it keeps
 */

/**
 * A RabbitMQ of our own.
 * @typedef {object} Broker
 * @property {'installed' | 'docker'} kind
 * @property {string} url for AMQP clients
 * @property {string} managementUrl of the management API and page, with the login
 * @property {string} logFile
 * @property {number | undefined} pid of the broker; undefined while it is down
 * @property {(signal?: AbortSignal) => Promise<void>} start starts it again after `stop`, `kill` or its death: same
 *   ports, same data
 * @property {() => Promise<void>} stop shuts it down properly
 * @property {() => Promise<void>} kill ends it with SIGKILL, as a crash would
 * @property {(...args: string[]) => Promise<string>} control runs `rabbitmqctl` with these arguments; resolves with what it
 *   printed
 * @property {(options?: { force?: boolean, discard?: boolean }) => Promise<void>} close stops it for good; `force`: at
 *   once; `discard`: deletes its data too
 * @property {(listener: (ending: string) => void) => void} onDeath called when it ends without having been asked to
 */

const bootDeadlineMs = 120_000;
const stopDeadlineMs = 20_000;

/**
 * @param {BrokerRecipe} recipe
 * @returns {Broker}
 */
export function createBroker(recipe) {
  const { kind, host, ports, logFile } = recipe;
  const url = `amqp://guest:guest@${host}:${ports.amqp}`;
  const managementUrl = `http://guest:guest@127.0.0.1:${ports.management}`;
  /** @type {{ process: ChildProcess, gone: Promise<void> } | undefined} */
  let running;
  let expectEnd = false;
  /** @type {((ending: string) => void)[]} */
  const listeners = [];

  /** @param {AbortSignal} [signal] */
  async function start(signal) {
    if (running) return;
    expectEnd = false;
    const child = recipe.spawn();
    let booted = false;
    const gone = new Promise((/** @type {(ending: string) => void} */ resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, killedBy) => resolve(describeEnding(killedBy ?? code)));
    }).then((ending) => {
      running = undefined;
      if (booted && !expectEnd) for (const listener of listeners) listener(ending);
    });
    running = { process: child, gone };
    const up = await waitFor(async () => !running || (await isUp()), {
      timeoutMs: bootDeadlineMs,
      everyMs: 50,
      signal,
    });
    if (!running || !up) throw await bootFailure(logFile);
    booted = true;
  }

  async function isUp() {
    if ((await probeAmqp(url)).state !== 'ok') return false;
    return fetch(`http://127.0.0.1:${ports.management}/`).then(
      (response) => response.ok,
      () => false,
    );
  }

  async function stop() {
    if (!running) return;
    expectEnd = true;
    await recipe.terminate(running.process);
    if (!(await waitFor(() => !running, { timeoutMs: stopDeadlineMs }))) await kill();
  }

  async function kill() {
    if (!running) return;
    expectEnd = true;
    const { process, gone } = running;
    await recipe.kill(process);
    await gone;
  }

  return {
    kind,
    url,
    managementUrl,
    logFile,
    get pid() {
      return running?.process.pid;
    },
    start,
    stop,
    kill,
    control: (...args) => recipe.control(args),
    async close({ force = false, discard = false } = {}) {
      await (force ? kill() : stop());
      await recipe.cleanUp?.();
      if (discard) await recipe.discard();
    },
    onDeath: (listener) => void listeners.push(listener),
  };
}

/** @param {string} logFile */
async function bootFailure(logFile) {
  const output = excerpt(await readFile(logFile, 'utf8').catch(() => ''), { first: 0, last: 20 });
  return new UserError(`RabbitMQ did not start. Its log: ${logFile}`, { output });
}
