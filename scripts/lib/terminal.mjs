// @ts-check
import { excerpt, messageOf, UserError } from './errors.mjs';

const styles = /** @type {const} */ ({
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
});

/** @typedef {keyof typeof styles} Style */
/** @typedef {{ done(text?: string): void, fail(text?: string): void, drop(): void, update(label: string): void }} Step */

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * What is printed, and how. On a terminal the steps under way share one live line at the bottom, above which everything
 * else scrolls; elsewhere (a file, CI) each step prints a line at its start, every 15 seconds and at its end.
 */
export class Terminal {
  /** @type {Set<{ label: string, since: number }>} */
  #active = new Set();
  #frame = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #ticker;

  /**
   * @param {{ isTTY?: boolean, columns?: number, write(text: string): unknown }} [stream]
   * @param {NodeJS.ProcessEnv} [env]
   */
  constructor(stream = process.stdout, env = process.env) {
    this.stream = stream;
    /** Whether the output is a terminal that understands cursor movements. */
    this.live = stream.isTTY === true && env.TERM !== 'dumb';
    /** Whether to print in colours (https://no-color.org). */
    this.colour = this.live && !env.NO_COLOR;
  }

  /**
   * @param {Style} style
   * @param {string} text
   */
  paint(style, text) {
    const [open, close] = styles[style];
    return this.colour ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  }

  /** @param {string} [text] */
  line(text = '') {
    this.stream.write(this.live ? `\r\u001b[K${text}\n` : `${text}\n`);
    this.#draw();
  }

  /** @param {string} text */
  warn(text) {
    this.line(`${this.paint('yellow', '!')} ${text}`);
  }

  /**
   * Shows an error: a `UserError` by its message and the output it carries, anything else with its stack.
   * @param {unknown} error
   */
  error(error) {
    const expected = error instanceof UserError;
    if (expected && error.output) this.line(excerpt(error.output));
    const text = expected || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message);
    this.line(`${this.paint('red', '✖')} ${text}`);
  }

  /**
   * Begins a step that takes a while and shows that it is under way until it is done, failed or dropped.
   * @param {string} label
   * @returns {Step}
   */
  step(label) {
    const entry = { label, since: performance.now() };
    this.#active.add(entry);
    if (!this.live) this.line(`… ${label}`);
    this.#ticker ??= setInterval(() => this.#tick(), this.live ? 100 : 15_000).unref();
    this.#draw();
    const finish = () => {
      this.#active.delete(entry);
      if (this.#active.size > 0) return;
      clearInterval(this.#ticker);
      this.#ticker = undefined;
      if (this.live) this.stream.write('\r\u001b[K');
    };
    /** @param {string} mark @param {string} text */
    const end = (mark, text) => {
      finish();
      this.line(`${mark} ${text} ${this.paint('dim', elapsed(entry.since))}`);
    };
    return {
      done: (text = entry.label) => end(this.paint('green', '✓'), text),
      fail: (text = entry.label) => end(this.paint('red', '✖'), text),
      drop: finish,
      update: (text) => {
        entry.label = text;
        this.#draw();
      },
    };
  }

  #tick() {
    this.#frame += 1;
    if (this.live) this.#draw();
    else for (const { label, since } of this.#active) this.line(`… ${label} ${elapsed(since)}`);
  }

  #draw() {
    if (!this.live || this.#active.size === 0) return;
    const text = [...this.#active].map(({ label, since }) => `${label} ${elapsed(since)}`).join(' · ');
    const line = truncate(`${spinner[this.#frame % spinner.length]} ${text}`, this.stream.columns || 80);
    this.stream.write(`\r\u001b[K${line}`);
  }
}

/** @param {number} since a `performance.now()` */
function elapsed(since) {
  const seconds = (performance.now() - since) / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

/** A live line that wrapped could not be erased again. @param {string} text @param {number} columns */
function truncate(text, columns) {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}
