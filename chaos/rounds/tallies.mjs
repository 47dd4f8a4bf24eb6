// @ts-check

/** @import { Violation } from './invariants/violation.mjs' */

/**
 * What became of one fault in all rounds.
 * @typedef {object} Tally
 * @property {string} fault
 * @property {number} injected
 * @property {number} accepted writes in the rounds it was part of
 * @property {number} lost
 * @property {number} doubled
 * @property {number} stuck
 * @property {number} wrong
 * @property {number[]} healMs of the rounds it was part of
 */

/** What became of each fault. */
export class Tallies {
  /** @type {Map<string, Tally>} */
  #tallies = new Map();

  /** @param {string[]} faults in the order of the report */
  constructor(faults) {
    for (const fault of faults) {
      this.#tallies.set(fault, {
        fault,
        injected: 0,
        accepted: 0,
        lost: 0,
        doubled: 0,
        stuck: 0,
        wrong: 0,
        healMs: [],
      });
    }
  }

  /**
   * Adds a round; what it came to counts for each of its faults, as nobody can tell which one it was.
   * @param {{ faults: string[], accepted: number, healMs: number, violations: Violation[] }} round
   */
  add({ faults, accepted, healMs, violations }) {
    for (const tally of this.all) {
      const times = faults.filter((fault) => fault === tally.fault).length;
      if (times === 0) continue;
      tally.injected += times;
      tally.accepted += accepted;
      for (const { kind } of violations) tally[kind] += 1;
      tally.healMs.push(healMs);
    }
  }

  get all() {
    return [...this.#tallies.values()];
  }
}

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  return sorted.length % 2 === 0 && upper !== undefined ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
