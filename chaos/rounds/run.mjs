// @ts-check
import { UserError } from '../../scripts/lib/errors.mjs';
import { describe } from './invariants/violation.mjs';
import { Phase } from './phase.mjs';
import { Site } from './site.mjs';
import { Tallies } from './tallies.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { Fault } from '../faults/fault.mjs' */
/** @import { Violation } from './invariants/violation.mjs' */
/** @import { ChaosOptions } from './options.mjs' */
/** @import { Outcome } from './report.mjs' */

/** @typedef {{ root: string, terminal: Terminal, signal: AbortSignal }} Context */

/** Which part of the time those faults get that need a cluster, when there are others as well. */
const shareOfCluster = 0.1;
/** More violations say nothing new; `--report` has them all. */
const mostPrinted = 20;
/** Each fault is injected at least once for so many minutes. */
const minutesPerInjection = 4;
/** In runs that are shorter, faults are shorter, too. */
const fullMinutes = 5;
const shortestPace = 0.1;

/** A whole run: rounds on a site with one RabbitMQ node, then on one with a cluster for the faults that need it. */
export class Run {
  /** @type {Violation[]} */
  violations = [];
  accepted = 0;
  /** @type {Record<string, string>} */
  #left = {};

  /** @param {Fault[]} faults @param {ChaosOptions} options @param {Context} context */
  constructor(faults, options, context) {
    this.faults = faults;
    this.options = options;
    this.context = context;
    this.tallies = new Tallies(faults.map(({ name }) => name));
  }

  /** What it has come to until now. @returns {Outcome} */
  get outcome() {
    const { seed, minutes } = this.options;
    const { accepted, violations } = this;
    return { seed, minutes, accepted, tallies: this.tallies.all, violations, left: this.#left };
  }

  /** Resolves when it is over; `outcome` tells then. */
  async play() {
    const { minutes } = this.options;
    const rest = await this.#onSite(false, this.faults, ({ length }) =>
      length < this.faults.length ? minutes * (1 - shareOfCluster) : minutes,
    );
    const onlyCluster = rest.length === this.faults.length;
    if (rest.length > 0) await this.#onSite(true, rest, () => (onlyCluster ? minutes : minutes * shareOfCluster));
  }

  /**
   * @param {boolean} cluster
   * @param {Fault[]} faults
   * @param {(possible: Fault[]) => number} minutesFor how long those are injected that are possible
   * @returns {Promise<Fault[]>} those that are not
   */
  async #onSite(cluster, faults, minutesFor) {
    const { terminal } = this.context;
    const site = this.#site(cluster);
    const starting = terminal.step(
      cluster ? 'Starting a RabbitMQ cluster and the system' : 'Starting RabbitMQ and the system',
    );
    try {
      await site.start().finally(() => starting.drop());
      const possible = faults.filter((fault) => this.#isPossible(fault, site));
      if (possible.length > 0) await this.#playOn(site, possible, minutesFor(possible));
      return faults.filter((fault) => !possible.includes(fault));
    } finally {
      const stopping = terminal.step('Stopping');
      await site.stop().finally(() => stopping.drop());
      if (this.options.keep) terminal.line(`  Its files are in ${site.dir}`);
    }
  }

  /** @param {boolean} cluster */
  #site(cluster) {
    const { root, terminal, signal } = this.context;
    const { keep, verbose } = this.options;
    const onLine = (/** @type {string} */ label, /** @type {string} */ line) => {
      if (verbose) terminal.line(`${label} | ${line}`);
    };
    return new Site({ root, cluster, keep, onLine, signal });
  }

  /** @param {Fault} fault @param {Site} site */
  #isPossible(fault, site) {
    const why = fault.impossible?.(site);
    if (why === undefined) delete this.#left[fault.name];
    else this.#left[fault.name] = why;
    return why === undefined;
  }

  /** @param {Site} site @param {Fault[]} faults @param {number} minutes */
  async #playOn(site, faults, minutes) {
    const { terminal, signal } = this.context;
    const { seed, clients } = this.options;
    const pace = Math.min(1, Math.max(shortestPace, this.options.minutes / fullMinutes));
    const times = Math.floor(this.options.minutes / minutesPerInjection);
    const report = (/** @type {Violation} */ violation) => {
      this.violations.push(violation);
      if (this.violations.length <= mostPrinted) terminal.error(new UserError(describe(violation)));
    };
    const phase = new Phase(
      site,
      { faults, seed, minutes, times, clients, pace },
      { terminal, signal, tallies: this.tallies, report },
    );
    await phase.run().finally(() => (this.accepted += phase.ledger.accepted));
  }
}
