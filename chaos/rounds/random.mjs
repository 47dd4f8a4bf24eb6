// @ts-check

/** @typedef {() => number} Random from 0 to below 1 */

/**
 * Chance that repeats itself: the same seed gives the same numbers (mulberry32, begun with an FNV-1a hash).
 * @param {string} seed
 * @returns {Random}
 */
export function seeded(seed) {
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A whole number from 0 to below `end`.
 * @param {Random} random
 * @param {number} end
 */
export function below(random, end) {
  return Math.floor(random() * end);
}

/**
 * One of several.
 * @template Item
 * @param {Random} random
 * @param {Item[]} items at least one
 * @returns {Item}
 */
export function pick(random, items) {
  return /** @type {Item} */ (items[below(random, items.length)]);
}

/**
 * The same items in a random order.
 * @template Item
 * @param {Random} random
 * @param {Item[]} items
 * @returns {Item[]}
 */
export function shuffled(random, items) {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = below(random, index + 1);
    [result[index], result[other]] = [/** @type {Item} */ (result[other]), /** @type {Item} */ (result[index])];
  }
  return result;
}
