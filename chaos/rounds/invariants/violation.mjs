// @ts-check

/**
 * Something that must not be. `lost`: what was accepted is not there, or not as it was accepted last. `doubled`: it is there
 * twice. `stuck`: it is on its way and does not arrive. `wrong`: what is there is not what anybody wrote.
 * @typedef {{ kind: 'lost' | 'doubled' | 'stuck' | 'wrong', thing: string, expected: string, found: string }} Violation
 */

/** @param {Violation} violation */
export function describe({ kind, thing, expected, found }) {
  return `${kind}: ${thing}: expected ${expected}, found ${found}`;
}

/**
 * @template Item, Key
 * @param {Iterable<Item>} items
 * @param {(item: Item) => Key} keyOf
 * @returns {Map<Key, Item[]>}
 */
export function groupBy(items, keyOf) {
  /** @type {Map<Key, Item[]>} */
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** @template {{ id: string }} Item @param {Item[]} items @returns {Map<string, Item>} */
export function byId(items) {
  return new Map(items.map((item) => [item.id, item]));
}
