// @ts-check
import { onNpmGone } from './npm-parent.mjs';

const stopping = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
// npm passes on a Ctrl-C that the terminal has sent to all of us already: one that follows at once is the same one.
const echoMs = 1000;
const lastResortMs = 3000;

/** Why something was given up: a signal asked us to end. */
export class StopRequested extends Error {
  forced = false;

  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`Stopped by ${signal}`);
    this.signal = signal;
  }
}

/** The signals that ask a program to end: the first asks to stop properly, the second to stop at once. */
export class StopSignals {
  #stop = new AbortController();
  #force = new AbortController();
  #first = 0;

  constructor() {
    for (const name of stopping) process.on(name, () => this.#received(name));
    onNpmGone(() => this.request('SIGTERM'));
    // Whoever reads our output may go away (`npm start | head`): that ends us too, and not with a crash.
    process.stdout.on('error', () => this.request('SIGPIPE'));
  }

  /** Aborted, with a `StopRequested`, when we are asked to stop. */
  get stop() {
    return this.#stop.signal;
  }

  /** Aborted when we are asked again. */
  get force() {
    return this.#force.signal;
  }

  /**
   * Asks to stop; to ask again changes nothing.
   * @param {NodeJS.Signals} name
   */
  request(name) {
    if (this.stop.aborted) return;
    this.#first = performance.now();
    this.#stop.abort(new StopRequested(name));
  }

  /** @param {NodeJS.Signals} name */
  #received(name) {
    if (!this.stop.aborted) return this.request(name);
    if (performance.now() - this.#first < echoMs) return;
    this.stop.reason.forced = true;
    this.#force.abort();
    setTimeout(() => process.exit(130), lastResortMs).unref();
  }
}
