// @ts-check
import { writeFile } from 'node:fs/promises';
import { table } from '../../scripts/lib/table.mjs';
import { median } from './tallies.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { Violation } from './invariants/violation.mjs' */
/** @import { Tally } from './tallies.mjs' */

/**
 * What a run has come to.
 * @typedef {object} Outcome
 * @property {string} seed
 * @property {number} minutes
 * @property {number} accepted writes in all
 * @property {Tally[]} tallies
 * @property {Violation[]} violations
 * @property {Record<string, string>} left faults that were not injected, and why
 */

const heading = ['fault', 'times', 'writes', 'lost', 'doubled', 'stuck', 'wrong', 'healed in, median', 'worst'];

/** @param {Terminal} terminal @param {Outcome} outcome */
export function printOutcome(terminal, { seed, accepted, tallies, violations, left }) {
  terminal.line();
  for (const line of table([heading, ...tallies.map(cells)])) terminal.line(`  ${line}`);
  terminal.line();
  for (const [fault, why] of Object.entries(left)) terminal.line(`  ${fault} was not injected: ${why}`);
  const verdict = violations.length === 0 ? 'no violation' : `${violations.length} violations`;
  terminal.line(`  ${accepted} writes accepted, ${verdict}; seed ${seed}`);
}

/** @param {Tally} tally */
function cells({ fault, injected, accepted, lost, doubled, stuck, wrong, healMs }) {
  const worst = healMs.length > 0 ? Math.max(...healMs) : undefined;
  return [
    fault,
    ...[injected, accepted, lost, doubled, stuck, wrong].map(String),
    seconds(median(healMs)),
    seconds(worst),
  ];
}

/** @param {number | undefined} ms */
function seconds(ms) {
  return ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`;
}

/** The same for programs. @param {string} file @param {Outcome} outcome */
export async function writeOutcome(file, outcome) {
  await writeFile(file, `${JSON.stringify(outcome, undefined, 2)}\n`);
}
