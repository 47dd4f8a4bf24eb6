// @ts-check
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** @import { SystemProcess } from '../../scripts/lib/system.mjs' */

const everyMs = 250;
const healthTimeoutMs = 10_000;

/** Watches processes during one row: the most memory they have, and how soon they say that they are well. */
export class Watch {
  /** In MB, by label. @type {Map<string, number>} */
  peak = new Map();
  slowestHealthMs = 0;
  /** @type {string[]} */
  failures = [];
  #over = new AbortController();
  #running;

  /** @param {SystemProcess[]} processes */
  constructor(processes) {
    this.#running = Promise.all(processes.map((each) => this.#follow(each)));
  }

  async stop() {
    this.#over.abort();
    await this.#running;
  }

  /** @param {SystemProcess} process */
  async #follow(process) {
    while (!this.#over.signal.aborted) {
      this.peak.set(process.label, Math.max(this.peak.get(process.label) ?? 0, await memoryOf(process.pid)));
      await this.#askHealth(process);
      await delay(everyMs, undefined, { signal: this.#over.signal }).catch(() => {});
    }
  }

  /** @param {SystemProcess} process */
  async #askHealth({ label, url }) {
    const since = performance.now();
    try {
      const { status } = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(healthTimeoutMs) });
      if (status !== 200) this.failures.push(`${label} says at /health/ready that it is not ready: ${status}`);
    } catch (error) {
      this.failures.push(`${label} does not say at /health/ready how it is: ${String(error)}`);
    }
    this.slowestHealthMs = Math.max(this.slowestHealthMs, performance.now() - since);
  }
}

/** Resident memory, in MB. @param {number | undefined} pid */
async function memoryOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
