// @ts-check

/** @import { Outcome } from './load.mjs' */

/** What happened during one row of the table. */
export class Tally {
  /** @type {number[]} */
  #latencies = [];
  /** What was answered badly and must not have been. @type {string[]} */
  failures = [];
  /** Writes whose copy died with them. */
  unsettled = 0;
  #since = performance.now();
  #seconds = 0;

  /**
   * @param {Map<string, number>} answered how many requests each copy has answered up to now
   * @param {{ killing: boolean }} options whether copies are killed: a write that was under way in one may break off
   */
  constructor(answered, { killing }) {
    this.killing = killing;
    this.answered = answered;
    this.before = new Map(answered);
  }

  /** @param {Outcome} outcome */
  add({ method, status, ms, problem }) {
    this.#latencies.push(ms);
    if (problem === undefined) return;
    const mayBreakOff = this.killing && (method === 'POST' || method === 'PATCH') && status === 502;
    if (mayBreakOff) this.unsettled += 1;
    else this.failures.push(problem);
  }

  /** The row is over. */
  end() {
    this.#seconds = (performance.now() - this.#since) / 1000;
    this.#latencies.sort((a, b) => a - b);
    this.answered = new Map(this.answered);
  }

  get requestsPerSecond() {
    return this.#latencies.length / this.#seconds;
  }

  /** @param {number} fraction */
  latency(fraction) {
    return this.#latencies[Math.min(this.#latencies.length - 1, Math.floor(this.#latencies.length * fraction))] ?? 0;
  }

  /** Which part of the work each copy got, from 0 to 1. @param {string[]} labels */
  shares(labels) {
    const counts = labels.map((label) => (this.answered.get(label) ?? 0) - (this.before.get(label) ?? 0));
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (total === 0 ? 0 : count / total));
  }
}
