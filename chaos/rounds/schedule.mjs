// @ts-check
import { below, shuffled } from './random.mjs';

/** @import { Fault } from '../faults/fault.mjs' */
/** @import { Random } from './random.mjs' */
/** @typedef {Fault[][]} Round lanes that go on at the same time; the faults of a lane come one after the other */

const mostAtOnce = 3;
const shortOnesMeanwhile = 4;

/**
 * Chooses what is injected in which round, by chance alone and not by how long things take: the same seed gives the same
 * rounds. Every fault comes about equally often. Faults that touch the same are never injected at the same time; long
 * ones come together, with a lane of short ones beside them.
 */
export class Schedule {
  /** @type {Map<Fault, number>} */
  #injected;

  /** @param {Fault[]} faults @param {Random} random */
  constructor(faults, random) {
    this.random = random;
    this.#injected = new Map(faults.map((fault) => [fault, 0]));
  }

  /** @returns {Round} the next round */
  next() {
    const [first, ...others] = this.#rarestFirst();
    if (!first) throw new Error('There is no fault to inject');
    const round = first.touches ? this.#mixture(first, others) : [[first]];
    for (const fault of round.flat()) this.#injected.set(fault, (this.#injected.get(fault) ?? 0) + 1);
    return round;
  }

  /** @returns {Fault[]} */
  #rarestFirst() {
    const order = shuffled(this.random, [...this.#injected.keys()]);
    return order.toSorted((a, b) => (this.#injected.get(a) ?? 0) - (this.#injected.get(b) ?? 0));
  }

  /** @param {Fault} first @param {Fault[]} others @returns {Round} */
  #mixture(first, others) {
    const size = first.long ? mostAtOnce : 1 + below(this.random, mostAtOnce);
    const atOnce = [first];
    for (const fault of others) {
      if (atOnce.length < size && Boolean(fault.long) === Boolean(first.long) && areCompatible(fault, atOnce)) {
        atOnce.push(fault);
      }
    }
    const lanes = atOnce.map((fault) => [fault]);
    if (!first.long) return lanes;
    const meanwhile = others.filter((fault) => !fault.long && areCompatible(fault, atOnce));
    return meanwhile.length > 0 ? [...lanes, meanwhile.slice(0, shortOnesMeanwhile)] : lanes;
  }
}

/** @param {Fault} fault @param {Fault[]} others */
function areCompatible({ touches }, others) {
  return touches !== undefined && others.every((other) => !touches.some((each) => other.touches?.includes(each)));
}
