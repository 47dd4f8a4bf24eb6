// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../scripts/lib/errors.mjs';
import { Inspection } from './inspection.mjs';
import { Load } from './load.mjs';
import { Ledger } from './ledger.mjs';
import { probe } from './probe.mjs';
import { seeded } from './random.mjs';
import { checkRebuild } from './rebuild.mjs';
import { Schedule } from './schedule.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { Fault, FaultContext } from '../faults/fault.mjs' */
/** @import { Violation } from './invariants/violation.mjs' */
/** @import { Random } from './random.mjs' */
/** @import { Round } from './schedule.mjs' */
/** @import { Site } from './site.mjs' */
/** @import { Tallies } from './tallies.mjs' */

/**
 * @typedef {object} PhaseOptions
 * @property {Fault[]} faults
 * @property {string} seed
 * @property {number} minutes for how long rounds begin
 * @property {number} times how often each fault is injected at least, even if that takes longer
 * @property {number} clients
 * @property {number} pace how long a fault lasts, as a part of its usual time
 */

/** @typedef {{ terminal: Terminal, signal: AbortSignal, tallies: Tallies, report: (violation: Violation) => void }} PhaseContext */

const leadMs = 2000;
const limitMs = 180_000;

/** Rounds of faults on one site, under load. */
export class Phase {
  ledger = new Ledger();
  #round = 0;
  #stuck = false;

  /** @param {Site} site @param {PhaseOptions} options @param {PhaseContext} context */
  constructor(site, options, context) {
    this.site = site;
    this.options = options;
    this.context = context;
    this.inspection = new Inspection(site, this.ledger);
    this.load = new Load(site.url, this.ledger, options.clients);
    this.random = seeded(`${options.seed} ${options.faults.map(({ name }) => name).join(' ')}`);
  }

  /** Runs rounds until the time is over and each fault came often enough, or something is stuck; then compares with a read model that is built anew. */
  async run() {
    const { faults, minutes, times } = this.options;
    const schedule = new Schedule(faults, this.random);
    const until = performance.now() + minutes * 60_000;
    try {
      do await this.#play(schedule.next());
      while ((performance.now() < until || schedule.least < times) && !this.#stuck);
    } finally {
      await this.load.close();
    }
    if (!this.#stuck) await this.#rebuild();
  }

  /** @param {Round} round */
  async #play(round) {
    const { terminal, signal, tallies } = this.context;
    const number = (this.#round += 1);
    const names = round.flat().map(({ fault }) => fault.name);
    const label = `Round ${number}: ${names.join(', ')}`;
    const before = this.ledger.accepted;
    const step = terminal.step(label);
    const progress = setInterval(() => step.update(`${label}: ${this.ledger.accepted - before} writes`), 500);
    try {
      this.load.resume();
      await delay(leadMs, undefined, { signal });
      const { done, violations } = await this.#inject(round, number);
      await this.load.pause();
      const { ms: healMs, violations: sick } = await probe(this.site, this.ledger, { timeoutMs: limitMs, signal });
      violations.push(...sick, ...(await this.inspection.settle(sick.length > 0 ? 0 : limitMs, signal)));
      const accepted = this.ledger.accepted - before;
      tallies.add({ faults: names, accepted, healMs, violations });
      this.#judge(violations, names);
      const text = `Round ${number}: ${done.join('; ')}. ${accepted} writes, healed in ${(healMs / 1000).toFixed(1)} s`;
      if (violations.length > 0) step.fail(text);
      else step.done(text);
    } catch (error) {
      if (signal.aborted) step.drop();
      else step.fail();
      throw error;
    } finally {
      clearInterval(progress);
    }
  }

  /** @param {Round} round @param {number} number */
  async #inject(round, number) {
    /** @type {string[]} */
    const done = [];
    /** @type {Violation[]} */
    const violations = [];
    const lanes = round.map(async (lane, index) => {
      for (const { fault, target } of lane) {
        const random = seeded(`${this.options.seed} ${number} ${index} ${fault.name}`);
        try {
          done.push(await fault.inject(this.site, this.#faultContext(random, target)));
        } catch (error) {
          this.context.signal.throwIfAborted();
          violations.push({
            kind: 'wrong',
            thing: fault.name,
            expected: 'to go as it should',
            found: messageOf(error),
          });
        }
      }
    });
    // Each must have been taken back, whatever happens to the others.
    const results = await Promise.allSettled(lanes);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return { done, violations };
  }

  /** @param {Random} random @param {string} [target] @returns {FaultContext} */
  #faultContext(random, target) {
    const { signal } = this.context;
    const last = (/** @type {number} */ ms) => delay(ms * this.options.pace, undefined, { signal });
    return { target, random, last, signal };
  }

  async #rebuild() {
    const { terminal, signal } = this.context;
    const label = 'Building the read model anew and comparing';
    const step = terminal.step(label);
    const onProgress = (/** @type {string} */ text) => step.update(`${label}: ${text}`);
    try {
      const violations = await checkRebuild(this.site, { signal, onProgress });
      this.#judge(violations, ['the end']);
      if (violations.length > 0) step.fail();
      else step.done('The read model built anew equals the running ones');
    } catch (error) {
      step.fail();
      throw error;
    }
  }

  /** @param {Violation[]} violations @param {string[]} faults */
  #judge(violations, faults) {
    for (const violation of violations)
      this.context.report({ ...violation, thing: `after ${faults.join(', ')}: ${violation.thing}` });
    this.#stuck ||= violations.some(({ kind }) => kind === 'stuck');
  }
}
