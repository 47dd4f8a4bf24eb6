// @ts-check

/** @typedef {{ id: string, postId: string, content: string | null, status: string }} View a comment as the read model shows it */

/**
 * What must hold of one comment: with which texts it may be shown (several, where an edit's answer said that nobody
 * knows), and whether it may be there.
 * @typedef {{ id: string, postId: string, texts: Set<string>, state: 'there' | 'gone' | 'either' }} Entry
 */

/** What the clients were promised, to be held against what the read model shows. */
export class Ledger {
  /** @type {Map<string, Entry>} */
  entries = new Map();
  /** Texts of comments whose POST was answered with 'nobody knows': they may be there once, or not at all. */
  unsettled = new Set(/** @type {string[]} */ ([]));

  /** A comment was answered 201. @param {string} postId @param {string} id @param {string} text @returns {Entry} */
  created(postId, id, text) {
    /** @type {Entry} */
    const entry = { id, postId, texts: new Set([text]), state: 'there' };
    this.entries.set(id, entry);
    return entry;
  }

  /**
   * What is wrong with what is shown: a line for each kind of fault, none when all is as promised.
   * @param {View[]} views everything that the read model shows
   * @returns {string[]}
   */
  check(views) {
    const byId = groupBy(views, ({ id }) => id);
    const texts = groupBy(views, ({ content }) => content);
    const promised = [...this.entries.values()];
    const shown = (/** @type {Entry} */ { id }) => byId.has(id);
    return [
      fault(
        promised.filter((each) => each.state === 'there' && !shown(each)),
        'accepted, but not shown',
      ),
      fault(
        promised.filter((each) => each.state === 'gone' && shown(each)),
        'deleted, but still shown',
      ),
      fault(
        promised.filter((each) => !this.#asPromised(each, byId.get(each.id)?.[0])),
        'not judged, or with another text',
      ),
      fault(
        [...byId.values()].filter(({ length }) => length > 1),
        'shown more than once',
      ),
      fault(
        [...texts].filter(([text, { length }]) => text !== null && length > 1),
        'stored more than once',
      ),
      fault(
        views.filter((view) => !this.#isKnown(view)),
        'shown, but never asked for',
      ),
    ].filter((line) => line !== '');
  }

  /** @param {Entry} entry @param {View} [view] */
  #asPromised({ texts }, view) {
    return !view || (view.status === 'approved' && view.content !== null && texts.has(view.content));
  }

  /** @param {View} view */
  #isKnown({ id, content }) {
    return this.entries.has(id) || content === null || this.unsettled.has(content);
  }
}

/** @param {unknown[]} found @param {string} what */
function fault({ length }, what) {
  return length === 0 ? '' : `${length} ${length === 1 ? 'comment' : 'comments'} ${what}`;
}

/**
 * @template Item, Key
 * @param {Item[]} items
 * @param {(item: Item) => Key} keyOf
 */
function groupBy(items, keyOf) {
  const groups = new Map(/** @type {[Key, Item[]][]} */ ([]));
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
