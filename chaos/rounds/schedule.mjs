// @ts-check
import { shuffled } from './random.mjs';

/** @import { Fault } from '../faults/fault.mjs' */
/** @import { Random } from './random.mjs' */
/** @typedef {{ fault: Fault, target?: string }} Injection */
/** @typedef {Injection[][]} Round lanes that go on at the same time; the faults of a lane come one after the other */
/** @typedef {{ touches: string[], needs: string[], seconds: number }} Claim what must be left alone meanwhile, and for how long */
/** @typedef {Claim & { injections: Injection[] }} Lane */

const mostLanes = 4;
/** Rounds of short faults only last so long, so that not all time goes into waiting for the system to settle. */
const leastSeconds = 25;

/**
 * Chooses what is injected in which round, by chance and by how long faults usually take, never by how long they took: the
 * same seed gives the same rounds. A round begins with a fault that has come least often; beside it and after it come others,
 * rare ones first, each once. One never touches at the same time what another touches or needs.
 */
export class Schedule {
  /** @type {Map<Fault, number>} */
  #injected;

  /** @param {Fault[]} faults @param {Random} random */
  constructor(faults, random) {
    this.random = random;
    this.#injected = new Map(faults.map((fault) => [fault, 0]));
  }

  /** How often the rarest fault was injected. */
  get least() {
    return Math.min(...this.#injected.values());
  }

  /** @returns {Round} the next round */
  next() {
    const [first, ...others] = this.#rarestFirst();
    if (!first) throw new Error('There is no fault to inject');
    const round = isMixable(first) ? this.#mixture(first, others.filter(isMixable)) : [alone([first, ...others])];
    for (const { fault } of round.flat()) this.#injected.set(fault, (this.#injected.get(fault) ?? 0) + 1);
    return round;
  }

  /** @returns {Fault[]} */
  #rarestFirst() {
    const order = shuffled(this.random, [...this.#injected.keys()]);
    return order.toSorted((a, b) => (this.#injected.get(a) ?? 0) - (this.#injected.get(b) ?? 0));
  }

  /** @param {Fault} first @param {Fault[]} others @returns {Round} */
  #mixture(first, others) {
    const seconds = Math.max(first.seconds, leastSeconds);
    /** @type {Lane[]} */
    const lanes = [];
    for (const fault of [first, ...others]) {
      const places = this.#aims(fault).flatMap((aim) => placeFor(aim, lanes, seconds) ?? []);
      const [place] = places.toSorted((a, b) => a.lane.seconds - b.lane.seconds);
      if (!place) continue;
      const { lane, aim } = place;
      if (!lanes.includes(lane)) lanes.push(lane);
      lane.injections.push({ fault, target: aim.target });
      lane.touches.push(...aim.touches);
      lane.needs.push(...aim.needs);
      lane.seconds += aim.seconds;
    }
    return lanes.map(({ injections }) => injections);
  }

  /** What a fault may be aimed at, in random order. @param {Fault} fault */
  #aims(fault) {
    const { touches = [], touchesOneOf, needs = [], seconds } = fault;
    if (!touchesOneOf) return [{ touches, needs, seconds, target: undefined }];
    return shuffled(this.random, touchesOneOf).map((target) => ({ touches: [target], needs, seconds, target }));
  }
}

/**
 * A lane in which a fault with this aim gets in nobody's way, and for which there is time.
 * @template {Claim} Aim
 * @param {Aim} aim
 * @param {Lane[]} lanes
 * @param {number} seconds
 */
function placeFor(aim, lanes, seconds) {
  const inTheWay = lanes.filter((lane) => meet(lane, aim) || meet(aim, lane));
  if (inTheWay.length > 1) return undefined;
  const isNew = inTheWay.length === 0 && lanes.length < mostLanes;
  const free = inTheWay.length === 0 ? lanes : inTheWay;
  const candidates = isNew ? [{ injections: [], touches: [], needs: [], seconds: 0 }] : free;
  const lane = candidates
    .toSorted((a, b) => a.seconds - b.seconds)
    .find((each) => each.seconds === 0 || each.seconds + aim.seconds <= seconds);
  return lane && { lane, aim };
}

/** Whether one touches what the other touches or needs. @param {Claim} one @param {Claim} other */
function meet({ touches }, other) {
  return touches.some((each) => other.touches.includes(each) || other.needs.includes(each));
}

/** @param {Fault} fault */
function isMixable({ touches, touchesOneOf }) {
  return touches !== undefined || touchesOneOf !== undefined;
}

/** Those of which each is injected without others, one after the other. @param {Fault[]} faults */
function alone(faults) {
  return faults.filter((fault) => !isMixable(fault)).map((fault) => ({ fault }));
}
