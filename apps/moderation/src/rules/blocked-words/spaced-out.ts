import { isWriting } from './leet.js';

/**
 * Three single characters or more with something between them each: `f u c k`, `f.u.c.k`, `f - u - c - k`. What stands
 * between the names of formulas and code does not count: `a = b = 0`.
 */
const SINGLES =
  /(?<![\p{L}\p{N}'])[\p{L}\p{N}@$](?:[^\p{L}\p{N}@$=<>+(){}[\]:;"&%\\]{1,5}[\p{L}\p{N}@$](?![\p{L}\p{N}])){2,}/gu;
const GAP = /[^\p{L}\p{N}@$]+/gu;

/** One word with signs in it: `fu.ck`, `sh-it`. Not with what divides words: a comma, a slash, an apostrophe. */
const DIVIDED = /(?<![\p{L}\p{N}@$])[\p{L}\p{N}@$]+(?:[._*~^+=#·•-]+[\p{L}\p{N}@$]+)+/gu;
const DIVIDERS = /[._*~^+=#·•-]+/g;

/** Shorter ones are as likely by chance: `as-s`. */
const SHORTEST_DIVIDED = 4;

/**
 * Finds words that are spelled letter by letter. Wider gaps divide words: `p u s h   i t` is `push` and `it`.
 *
 * @param text as `plainText` returns it
 */
export function spelledWords(text: string): string[] {
  return (text.match(SINGLES) ?? []).flatMap((run) => {
    const shortest = Math.min(...(run.match(GAP) ?? []).map((gap) => gap.length));
    const words = run.replace(GAP, (gap) => (gap.length > shortest ? ' ' : '')).split(' ');
    return words.flatMap(withoutNeighbours).filter(isLongEnough);
  });
}

/**
 * Finds words that are divided by signs, or by gaps of different widths, and closes them up.
 *
 * @param text as `plainText` returns it
 * @returns words that count only when the whole of one is blocked: others come about by chance
 */
export function closedUpWords(text: string): string[] {
  const divided = text
    .split(' ')
    .filter(isWriting)
    .flatMap((chunk) => chunk.match(DIVIDED) ?? [])
    .map((word) => word.replace(DIVIDERS, ''))
    .filter((word) => word.length >= SHORTEST_DIVIDED);
  const spelled = (text.match(SINGLES) ?? []).map((run) => run.replace(GAP, ''));
  return [...divided, ...spelled.flatMap(withoutNeighbours).filter(isLongEnough)];
}

/** `a s h i t` is one run of letters: its first or last may be a word of its own. */
function withoutNeighbours(word: string): string[] {
  const [before, after] = [word.replace(/^[aiu]/, ''), word.replace(/[aiu]$/, '')];
  return [...new Set([word, before, after, before.replace(/[aiu]$/, '')])];
}

const isLongEnough = (word: string): boolean => word.length >= (/\d/.test(word) ? 4 : 3);
