// @ts-check
import { availableParallelism } from 'node:os';
import { table } from '../../scripts/lib/table.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { Tally } from '../lib/tally.mjs' */
/** @typedef {{ name: string, tally: Tally, copies: number }} Row */

const heading = ['copies', 'requests/s', 'of 1 copy', 'share of each', 'p50 ms', 'p99 ms', 'failed', 'unsettled'];

/**
 * @param {Terminal} terminal
 * @param {Row[]} rows
 * @param {string[]} labels of the copies, in the order they were added
 * @param {number} comments how many were accepted
 * @param {string[]} faults what is wrong with them
 */
export function printTable(terminal, rows, labels, comments, faults) {
  const measured = rows.filter(({ copies }) => copies > 0);
  const first = measured[0]?.tally.requestsPerSecond ?? 1;
  const lines = measured.map(({ name, tally, copies }) => cells(name, tally, first, labels.slice(0, copies)));
  terminal.line();
  for (const line of table([heading, ...lines])) terminal.line(`  ${line}`);
  terminal.line();
  terminal.line(`  ${comments} comments accepted, ${faults.length === 0 ? '0 lost' : faults.join(', ')}`);
  terminal.line(`  clients, broker and processes share ${availableParallelism()} processors`);
  terminal.line();
}

/** @param {string} name @param {Tally} tally @param {number} first @param {string[]} labels */
function cells(name, tally, first, labels) {
  const shares = tally.shares(labels).map((share) => `${Math.round(share * 100)} %`);
  return [
    name,
    String(Math.round(tally.requestsPerSecond)),
    (tally.requestsPerSecond / first).toFixed(2),
    shares.join('  '),
    tally.latency(0.5).toFixed(1),
    tally.latency(0.99).toFixed(1),
    String(tally.failures.length),
    String(tally.unsettled),
  ];
}
