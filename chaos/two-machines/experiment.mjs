// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger } from '../../bench/lib/ledger.mjs';
import { Load } from '../../bench/lib/load.mjs';
import { createPosts, settle } from '../../bench/lib/read-model.mjs';
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { cutCable, plugIn } from './namespaces.mjs';
import { Observations } from './observations.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { Site } from './site.mjs' */
/** @typedef {{ root: string, two: string, seconds: number, within: number, verbose: boolean }} ExperimentOptions */
/** @typedef {{ terminal: Terminal, signal: AbortSignal }} Context */

const clients = 8;
// A health check each second, which may take two: from then on nothing is sent to what does not answer. The rest is for a
// busy machine.
const noticeMs = 6000;
// A write that was under way to the cut copy was sent at most so long before.
const underWayMs = 15_000;
const backMs = 30_000;

/** What is done to the two machines, and what is seen. */
export class Experiment {
  seen = new Observations();
  ledger = new Ledger();

  /** @param {Site} site @param {ExperimentOptions} options @param {Context} context */
  constructor(site, options, context) {
    this.site = site;
    this.options = options;
    this.context = context;
  }

  /** Runs it; what did not hold is then in `seen.violations`. */
  async run() {
    const { site, ledger, seen } = this;
    await this.#step('Starting RabbitMQ, PostgreSQL and the system on machine one', (signal) => site.start(signal));
    const postIds = await createPosts(site.url);
    const load = new Load(site.url, postIds, ledger, (outcome) => seen.add(outcome));
    load.start(clients);
    await this.#join();
    await this.#cut();
    await load.stop();
    await this.#look('with the cable out');
    const again = new Load(site.url, postIds, ledger, (outcome) => seen.add(outcome));
    again.start(clients);
    await this.#plugIn();
    await again.stop();
    await this.#look('with the cable back');
  }

  async #join() {
    const { site, seen } = this;
    await this.#step('Starting copies of comments and query on machine two', () => site.join());
    const joinMs = this.options.within * 1000;
    await this.#answering(joinMs + noticeMs);
    for (const { name, firstAnswer = Infinity, readyAt } of site.copies) {
      const ms = firstAnswer - readyAt;
      this.#say(`${name} on machine two got its first request ${Math.round(ms)} ms after it was ready`);
      seen.expect(ms <= joinMs, `${name}: no request within ${joinMs} ms of being ready`);
    }
    await this.#underLoad('Both machines under load');
  }

  async #cut() {
    const { seen, site } = this;
    const { two } = this.options;
    const now = performance.now();
    seen.tolerate(now - underWayMs, now + noticeMs);
    await cutCable(two);
    await this.#underLoad('The cable is out');
    for (const { name } of site.copies) {
      const left = await waitFor(async () => (await site.instancesUp(name)) === 1, { timeoutMs: noticeMs });
      seen.expect(left, `the gateway still sends requests to ${name} on machine two`);
    }
    const before = seen.requests;
    await this.#underLoad('The cable is still out');
    seen.expect(seen.requests > before, 'no request was answered any more');
  }

  async #plugIn() {
    for (const copy of this.site.copies) copy.reset();
    await plugIn(this.options.two);
    const since = performance.now();
    await this.#answering(backMs);
    for (const { name, firstAnswer = Infinity } of this.site.copies) {
      this.#say(`${name} on machine two got requests again after ${Math.round(firstAnswer - since)} ms`);
      this.seen.expect(firstAnswer < Infinity, `${name}: no requests within ${backMs / 1000} s of the cable's return`);
    }
    await this.#underLoad('The cable is back');
  }

  /** Waits until every copy has answered a request. @param {number} timeoutMs */
  async #answering(timeoutMs) {
    const all = () => this.site.copies.every(({ firstAnswer }) => firstAnswer !== undefined);
    await waitFor(all, { timeoutMs, signal: this.context.signal });
  }

  /** @param {string} when */
  async #look(when) {
    const faults = await settle(this.site, this.ledger, this.context);
    for (const fault of faults) this.seen.expect(false, `${when}: ${fault}`);
  }

  /** @param {string} label */
  async #underLoad(label) {
    const before = this.seen.requests;
    const { seconds } = this.options;
    const { copies } = this.site;
    for (const copy of copies) copy.reset();
    await this.#step(label, (signal) => delay(seconds * 1000, undefined, { signal }));
    const counts = copies.map(({ name, answered }) => `${answered} by ${name}`).join(', ');
    this.#say(`${this.seen.requests - before} requests answered, of these on machine two ${counts}`);
  }

  /** @param {string} label @param {(signal: AbortSignal) => Promise<unknown>} work */
  async #step(label, work) {
    const step = this.context.terminal.step(label);
    try {
      await work(this.context.signal);
    } catch (error) {
      step.fail();
      throw error;
    }
    step.done();
  }

  /** @param {string} text */
  #say(text) {
    this.context.terminal.line(`    ${text}`);
  }
}
