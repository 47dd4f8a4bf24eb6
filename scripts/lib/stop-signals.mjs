// @ts-check

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
    for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.on(name, () => this.request(name));
  }

  /** Aborted, with a `StopRequested`, when we are asked to stop. */
  get stop() {
    return this.#stop.signal;
  }

  /** Aborted when we are asked again. */
  get force() {
    return this.#force.signal;
  }

  /** @param {NodeJS.Signals} name */
  request(name) {
    if (!this.stop.aborted) {
      this.#first = performance.now();
      this.#stop.abort(new StopRequested(name));
    } else if (performance.now() - this.#first > echoMs) {
      this.stop.reason.forced = true;
      this.#force.abort();
      setTimeout(() => process.exit(130), lastResortMs).unref();
    }
  }
}
