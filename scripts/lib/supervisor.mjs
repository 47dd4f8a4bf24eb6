// @ts-check
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createBackoff } from './backoff.mjs';
import { signalGroup } from './processes.mjs';
import { describeEnding } from './run-command.mjs';

/** @import { ChildProcess } from 'node:child_process' */

/**
 * A process to keep running.
 * @typedef {object} ProcessSpec
 * @property {string} label what it is called in messages and logs, for example `comments:4006`
 * @property {string[]} args of Node: the script and its arguments
 * @property {NodeJS.ProcessEnv} env
 * @property {string} [cwd]
 */

/**
 * @typedef {object} SuperviseOptions
 * @property {(line: string) => void} [onLine] a line the process printed
 * @property {(message: string) => void} [onNotice] what happens to the process, in words
 * @property {() => void} [onChange] it was started or has ended
 * @property {boolean} [restart] whether a process that dies is started again; true when left out
 * @property {(uptimeMs: number) => number} [backoff] how long to wait before that
 */

// Ends the process when we end without having been able to: see there.
const endWithParent = new URL('./end-with-parent.mjs', import.meta.url).href;

/** Keeps one process running: starts it again when it dies, until it is stopped. */
export class Supervised {
  /** @type {{ child: ChildProcess, since: number, gone: Promise<void> } | undefined} */
  #running;
  /** @type {NodeJS.Timeout | undefined} */
  #restartTimer;
  #stopping = false;

  /**
   * @param {ProcessSpec} spec
   * @param {SuperviseOptions} [options]
   */
  constructor(spec, options = {}) {
    this.spec = spec;
    this.options = options;
    this.backoff = options.backoff ?? createBackoff();
  }

  /** Its process number; undefined while it does not run. */
  get pid() {
    return this.#running?.child.pid;
  }

  start() {
    clearTimeout(this.#restartTimer);
    this.#stopping = false;
    if (this.#running) return;
    const { args, env, cwd } = this.spec;
    const child = spawn(process.execPath, ['--import', endWithParent, ...args], {
      env,
      cwd,
      // A group of its own: Ctrl-C in the terminal reaches only us, and we decide when and how it ends.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.options.onLine?.(line));
    }
    const since = performance.now();
    const gone = new Promise((/** @type {(ending: string) => void} */ resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, killedBy) => resolve(describeEnding(killedBy ?? code)));
    }).then((ending) => this.#ended(ending, performance.now() - since));
    this.#running = { child, since, gone };
    this.options.onChange?.();
  }

  /**
   * Ends it: asks first, and insists after the deadline. It is not started again.
   * @param {number} [deadlineMs]
   * @param {NodeJS.Signals} [request] how to ask: SIGINT to stop at once, SIGTERM to go on serving until everybody knows
   *   that it leaves; SIGKILL does not ask
   */
  async stop(deadlineMs = 15_000, request = 'SIGINT') {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    if (!this.#running) return;
    const { gone } = this.#running;
    this.signal(request);
    const insist = setTimeout(() => {
      this.options.onNotice?.(`has not stopped within ${Math.ceil(deadlineMs / 1000)} s: killed`);
      this.signal('SIGKILL');
    }, deadlineMs);
    await gone;
    clearTimeout(insist);
  }

  /** Resolves when the process that runs now has ended, for whatever reason. */
  async ended() {
    await this.#running?.gone;
  }

  /** Stops it and starts it again. */
  async restart() {
    await this.stop();
    this.start();
  }

  /**
   * Sends a signal to the process and everything it started, as something outside would: what it dies of that way, it
   * is started again from.
   * @param {NodeJS.Signals} signal
   */
  signal(signal) {
    if (this.pid !== undefined) signalGroup(this.pid, signal);
  }

  /** @param {string} ending @param {number} uptimeMs */
  #ended(ending, uptimeMs) {
    this.#running = undefined;
    this.options.onChange?.();
    if (this.#stopping) return;
    if (this.options.restart === false) return this.options.onNotice?.(`has ended (${ending})`);
    const delayMs = this.backoff(uptimeMs);
    this.options.onNotice?.(`has ended (${ending}); starting it again in ${delayMs / 1000} s`);
    this.#restartTimer = setTimeout(() => this.start(), delayMs);
  }
}
