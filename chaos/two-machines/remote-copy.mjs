// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onMachine } from './namespaces.mjs';

/** @typedef {'comments' | 'query'} Copied */

// What each logs before it can take requests: query reads the event log to its end first.
const signsOfReadiness = {
  comments: ['"msg":"listening on'],
  query: ['"msg":"listening on', '"msg":"caught up with the event log'],
};

// What a service logs at level debug when it has answered a request.
const answered = '"context":"requests"';

/** A copy on another machine, started there with `npm run copy`. */
export class RemoteCopy {
  /** How many requests it has answered. */
  answered = 0;
  /** When it answered the first one since it was asked for, as `performance.now()` has it. @type {number | undefined} */
  firstAnswer;
  /** When it was ready. */
  readyAt = 0;
  /** What it has not logged yet of what says that it is ready. @type {string[]} */
  #awaited;

  /**
   * @param {{ root: string, machine: string, name: Copied, env: NodeJS.ProcessEnv, onLine: (line: string) => void }} options
   */
  constructor({ root, machine, name, env, onLine }) {
    this.name = name;
    this.#awaited = signsOfReadiness[name];
    const command = [process.execPath, join(root, 'scripts', 'copy.mjs'), name];
    this.child = spawn('ip', onMachine(machine, command), {
      env: { ...env, LOG_LEVEL: 'debug', LOG_FORMAT: 'json' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.ready = new Promise((resolve, reject) => {
      /** @type {string[]} */
      const said = [];
      for (const stream of [this.child.stdout, this.child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          onLine(line);
          if (said.length < 100) said.push(line);
          this.#heard(line, () => resolve(undefined));
        });
      }
      void this.gone.then((code) => reject(new Error(`The copy of ${name} has ended (${code}):\n${said.join('\n')}`)));
    });
  }

  /** Counts from now on. */
  reset() {
    this.answered = 0;
    this.firstAnswer = undefined;
  }

  /** Ends it as Ctrl-C does. */
  async end() {
    this.child.kill('SIGINT');
    await this.gone;
  }

  /** @param {string} line @param {() => void} ready */
  #heard(line, ready) {
    const before = this.#awaited.length;
    this.#awaited = this.#awaited.filter((sign) => !line.includes(sign));
    if (before > 0 && this.#awaited.length === 0) {
      this.readyAt = performance.now();
      ready();
    }
    if (!line.includes(answered)) return;
    this.answered += 1;
    this.firstAnswer ??= performance.now();
  }
}
