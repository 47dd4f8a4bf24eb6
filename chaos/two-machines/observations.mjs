// @ts-check

/** @import { Outcome } from '../../bench/lib/load.mjs' */
/** @typedef {Outcome & { since: number }} Observed `since`: when it was sent, as `performance.now()` has it */

/** The codes of a write of which nobody knows whether it took effect. */
const unsettled = new Set([502, 504]);

/** A limit was reached, and nothing was done: that may happen at any time on a busy machine. */
const overloaded = 'urn:parley:problem:overloaded';

/** What the clients saw, and what must not have been. */
export class Observations {
  /** @type {string[]} */
  violations = [];
  unsettled = 0;
  refused = 0;
  requests = 0;
  slowestRead = 0;
  /** From when on, and until when, writes may break off, as `performance.now()` has it. */
  #tolerant = { from: Infinity, to: -Infinity };

  /** Writes that are sent in this time may be answered 502 or 504. @param {number} from @param {number} to */
  tolerate(from, to) {
    this.#tolerant = { from, to };
  }

  /** @param {Outcome} outcome */
  add({ method, status, ms, problem }) {
    const since = performance.now() - ms;
    this.requests += 1;
    if (method === 'GET') this.slowestRead = Math.max(this.slowestRead, ms);
    if (problem === undefined) return;
    if (this.#mayBreakOff(method, status, since)) this.unsettled += 1;
    else if (problem.includes(overloaded) || this.#mayBeRefused(method, status, since)) this.refused += 1;
    else this.violations.push(problem);
  }

  /** Notes that something did not hold. @param {boolean} holds @param {string} otherwise */
  expect(holds, otherwise) {
    if (!holds) this.violations.push(otherwise);
  }

  /** @param {Outcome['method']} method @param {number} status @param {number} since */
  #mayBreakOff(method, status, since) {
    const { from, to } = this.#tolerant;
    // What was under way when the cable was cut counts as well.
    return (method === 'POST' || method === 'PATCH') && unsettled.has(status) && since > from && since < to;
  }

  /**
   * From the cut on: a copy whose connections to its database died with the cable says so, and that nothing was done. A
   * DELETE is then sent to another copy.
   * @param {Outcome['method']} method @param {number} status @param {number} since
   */
  #mayBeRefused(method, status, since) {
    return (method === 'POST' || method === 'PATCH') && status === 503 && since > this.#tolerant.from;
  }
}
