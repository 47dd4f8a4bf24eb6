// @ts-check
// Runs before anything else, on any Node: no import that an old Node might not know.
import { readFileSync } from 'node:fs';

/**
 * Ends the process with one clear line when this Node is not one the project runs on (`engines` in package.json).
 * @param {URL} packageJson
 */
export function requireSupportedNode(packageJson) {
  const range = JSON.parse(readFileSync(packageJson, 'utf8')).engines.node;
  if (satisfies(process.versions.node, range)) return;
  console.error(`Parley needs Node ${describeRange(range)}; this is ${process.version}. See https://nodejs.org.`);
  process.exit(1);
}

/**
 * Whether a version is in a range of the form `^20.19.0 || ^22.12.0 || >=24.0.0`.
 * @param {string} version
 * @param {string} range
 */
export function satisfies(version, range) {
  const actual = numbers(version);
  return range.split('||').some((part) => {
    const wanted = numbers(part);
    const sameMajor = actual[0] === wanted[0];
    return compare(actual, wanted) >= 0 && (sameMajor || part.trim().startsWith('>='));
  });
}

/** @param {string} range */
function describeRange(range) {
  return range
    .split('||')
    .map((part) =>
      part
        .trim()
        .replace(/^\^(\d+)\.(\d+).*/, '$1.$2+')
        .replace(/^>=(\d+).*/, '$1 or later'),
    )
    .join(', ');
}

/** @param {string} version */
function numbers(version) {
  return (version.match(/\d+/g) ?? []).map(Number);
}

/** @param {number[]} a @param {number[]} b */
function compare(a, b) {
  const at = [0, 1, 2].find((index) => a[index] !== b[index]);
  return at === undefined ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
