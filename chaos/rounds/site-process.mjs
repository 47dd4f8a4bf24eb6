// @ts-check
import { signalGroup } from '../../scripts/lib/processes.mjs';
import { SystemProcess } from '../../scripts/lib/system.mjs';
import { waitFor } from '../../scripts/lib/wait-for.mjs';

/** @import { Instance } from '../../scripts/lib/services.mjs' */
/** @import { SystemHooks } from '../../scripts/lib/system.mjs' */
/** @import { SiteProcess } from '../faults/fault.mjs' */
/** @import { Links } from './links.mjs' */

const readyMs = 120_000;
const stopMs = 30_000;

/**
 * A process of the site. When it dies by itself, it is started again, as `npm start` does; when a fault kills it, it is
 * for the fault to start it.
 * @implements {SiteProcess}
 */
export class ChaosProcess {
  #process;
  #env;

  /** @param {Instance} instance @param {string} dataDir @param {Links} link @param {SystemHooks} hooks */
  constructor(instance, dataDir, link, hooks) {
    this.#process = new SystemProcess(instance, hooks);
    this.#env = instance.env;
    this.label = instance.label;
    this.name = instance.name;
    this.url = instance.url;
    this.dataDir = dataDir;
    this.link = link;
  }

  /** @throws Error when it does not run */
  get pid() {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error(`${this.label} does not run`);
    return pid;
  }

  /** @param {NodeJS.Signals} signal */
  async kill(signal) {
    await this.#process.stop(stopMs, signal);
  }

  /** @param {Record<string, string>} [env] */
  async start(env = {}) {
    this.launch(env);
    let { answer } = await this.readiness();
    const isReady = async () => {
      const readiness = await this.readiness();
      answer = readiness.answer;
      return readiness.ready;
    };
    if (!(await waitFor(isReady, { timeoutMs: readyMs }))) throw new Error(`${this.label} is not ready: ${answer}`);
  }

  /** Whether it is ready, and if not, what it says about that. */
  readiness() {
    return this.#process.readiness();
  }

  /** Starts it, and does not wait. @param {Record<string, string>} [env] besides its own */
  launch(env = {}) {
    this.#process.spec.env = { ...this.#env, ...env };
    this.#process.start();
  }

  /** Ends it for good, frozen or not. */
  async stop() {
    if (this.#process.pid !== undefined) signalGroup(this.#process.pid, 'SIGCONT');
    await this.#process.stop();
    await this.link.close();
  }
}
