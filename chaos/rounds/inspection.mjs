// @ts-check
import { messageOf } from '../../scripts/lib/errors.mjs';
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { readShown } from './api.mjs';
import { countPending, readOutboxes, readStored } from './databases.mjs';
import { checkAll } from './invariants/all.mjs';
import { checkQueues } from './invariants/queues.mjs';
import { describe } from './invariants/violation.mjs';
import { LogReader } from './log-reader.mjs';
import { Logged } from './logged.mjs';
import { QueueReader } from './queues.mjs';

/** @import { Ledger } from './ledger.mjs' */
/** @import { Violation } from './invariants/violation.mjs' */
/** @import { Site } from './site.mjs' */

const everyMs = 200;

/** Looks at a site from outside: databases, HTTP, event log, queues; and holds what is there against what was promised. */
export class Inspection {
  #logged = new Logged();
  /** What was reported once is not reported again, nor waited for. */
  #reported = new Set(/** @type {string[]} */ ([]));

  /** @param {Site} site @param {Ledger} ledger */
  constructor(site, ledger) {
    this.site = site;
    this.ledger = ledger;
    this.log = new LogReader(site, this.#logged);
    this.queues = new QueueReader(site);
  }

  /**
   * Waits until everything is as promised. Nobody may write meanwhile.
   * @param {number} timeoutMs after which what still is not is a violation
   * @param {AbortSignal} signal
   * @returns {Promise<Violation[]>} those that were not reported before
   */
  async settle(timeoutMs, signal) {
    /** @type {Violation[]} */
    let violations = [];
    const isSettled = async () => {
      violations = (await this.#look()).filter((each) => !this.#reported.has(describe(each)));
      return violations.length === 0;
    };
    if (await waitFor(isSettled, { timeoutMs, everyMs, signal })) {
      this.#logged.looked();
      this.ledger.forgetGone();
    }
    for (const each of violations) this.#reported.add(describe(each));
    return [...violations, ...this.#surprises()];
  }

  /** Answers that nobody should have got. @returns {Violation[]} */
  #surprises() {
    const surprises = this.ledger.surprises.splice(0);
    return surprises.map((found) => ({ kind: 'wrong', thing: 'an answer', expected: 'another one', found }));
  }

  /** What cannot be looked at is a violation as well, for the time being. @returns {Promise<Violation[]>} */
  async #look() {
    try {
      // Cheap, and the last to become right: while there is something on its way, there is no need to read everything.
      const waiting = this.#underWay();
      return waiting.length > 0 ? waiting : await this.#lookAtAll();
    } catch (error) {
      return [{ kind: 'stuck', thing: 'the look at the system', expected: 'an answer', found: messageOf(error) }];
    }
  }

  /** @returns {Violation[]} */
  #underWay() {
    const outboxes = checkQueues({ waiting: {}, dead: {} }, readOutboxes(this.site), []);
    const pending = countPending(this.site);
    return pending === 0
      ? outboxes
      : [...outboxes, { kind: 'stuck', thing: 'comments', expected: 'judged', found: `${pending} of them pending` }];
  }

  /** @returns {Promise<Violation[]>} */
  async #lookAtAll() {
    const { site, ledger } = this;
    const queued = await this.queues.read();
    await this.log.read();
    const shown = await readShown(site.url);
    return checkAll(ledger, { stored: readStored(site), shown, logged: this.#logged, queued }, site);
  }
}
