// @ts-check
import { reannounceAfterMs } from './settings.mjs';

/** @import { LoggedEvent } from './logged.mjs' */

/** What a service publishes again of itself, for those whom the first event may not have reached. */
const repeatable = new Set([
  'comment.created',
  'comment.edited',
  'comment.deleted',
  'comment.moderated',
  'post.deleted',
]);
/** Less what a clock may be off. */
const notBefore = reannounceAfterMs - 1000;

/** Tells what was published again on purpose from what was published twice. */
export class AnnouncedAgain {
  /** @type {Map<string, { id: string, data: string, time: number }>} */
  #first = new Map();
  /** How many more verdicts on a text may come, as it was announced again. @type {Map<string, number>} */
  #asked = new Map();

  /**
   * Whether a service has published the event again on purpose: it tells the same as the first, and is later or earlier by so much; a verdict, when it
   * was asked for again. To be asked of every event in turn.
   * @param {LoggedEvent} event
   */
  has({ id, type, time, data }) {
    if (!repeatable.has(type)) return false;
    const key = `${type} ${data.commentId ?? data.id} ${data.version}`;
    const told = { id, data: JSON.stringify(data), time: Date.parse(time) };
    const first = this.#first.get(key);
    if (!first) this.#first.set(key, told);
    if (!first || first.id === id || first.data !== told.data) return false;
    // Of two copies, either may come first: the outbox of the other may have had to wait.
    const late = Math.abs(told.time - first.time) >= notBefore;
    if (type === 'comment.moderated') return this.#answers(`${data.commentId} ${data.commentVersion}`) || late;
    if (late) this.#ask(`${data.id} ${data.version}`);
    return late;
  }

  /** @param {string} text */
  #ask(text) {
    this.#asked.set(text, (this.#asked.get(text) ?? 0) + 1);
  }

  /** @param {string} text */
  #answers(text) {
    const asked = this.#asked.get(text) ?? 0;
    if (asked > 0) this.#asked.set(text, asked - 1);
    return asked > 0;
  }
}
