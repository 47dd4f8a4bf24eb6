// @ts-check

/**
 * What must hold of a post or a comment: which texts it may have (several, where an edit's answer left open whether it was
 * done), and whether it may be there. `post` is that of a comment.
 * @typedef {object} Thing
 * @property {'post' | 'comment'} kind
 * @property {string} id
 * @property {Thing} [post]
 * @property {Set<string>} texts a post's title, a comment's content
 * @property {'there' | 'gone' | 'either'} state `either`: nobody knows whether it was deleted
 */

/** @typedef {'done' | 'not done' | 'unknown'} Effect what an answer says of what was asked for */

/** The clients' side of the promise: what they wrote and what they were answered. */
export class Ledger {
  /** @type {Map<string, Thing>} */
  things = new Map();
  /** What was deleted, and was seen to be gone from everywhere. */
  forgotten = new Set(/** @type {string[]} */ ([]));
  /** Texts of new things whose answer left open whether they were stored: each may be there once, or not at all. */
  unsettled = new Set(/** @type {string[]} */ ([]));
  /** Answers that nobody should have got. @type {string[]} */
  surprises = [];
  /** How many writes were answered with success. */
  accepted = 0;

  /**
   * Something new was answered 201.
   * @param {'post' | 'comment'} kind
   * @param {string} id
   * @param {string} text
   * @param {Thing} [post]
   * @returns {Thing}
   */
  created(kind, id, text, post) {
    this.accepted += 1;
    /** @type {Thing} */
    const thing = { kind, id, texts: new Set([text]), state: 'there', ...(post && { post }) };
    this.things.set(id, thing);
    return thing;
  }

  /** @param {Thing} thing @param {string} text @param {Effect} effect */
  edited(thing, text, effect) {
    if (effect === 'done') {
      this.accepted += 1;
      thing.texts = new Set();
    }
    if (effect !== 'not done') thing.texts.add(text);
  }

  /** A thing is about to be deleted. @param {Thing} thing */
  deleting(thing) {
    thing.state = 'either';
  }

  /** @param {Thing} thing @param {Effect} effect */
  deleted(thing, effect) {
    if (effect === 'done') {
      this.accepted += 1;
      thing.state = 'gone';
    } else if (effect === 'not done') thing.state = 'there';
  }

  /** Keeps no more of what is gone than its id, once all was seen to be as promised. */
  forgetGone() {
    for (const [id, thing] of this.things) {
      if (thing.state !== 'gone' && thing.post?.state !== 'gone') continue;
      this.things.delete(id);
      this.forgotten.add(id);
    }
  }
}

/**
 * What an answer says of the request. A 503 that names a time to try again means that nothing was done; but the gateway
 * sends a DELETE again by itself, so there it leaves open what the first one did.
 * @param {string} method
 * @param {number} status 0 when there was no answer
 * @param {boolean} retryAfter whether it came with `Retry-After`
 * @returns {Effect}
 */
export function effectOf(method, status, retryAfter) {
  if (status >= 200 && status < 300) return 'done';
  if (status >= 400 && status < 500) return 'not done';
  return status === 503 && retryAfter && method !== 'DELETE' ? 'not done' : 'unknown';
}
