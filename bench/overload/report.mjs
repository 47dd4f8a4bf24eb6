// @ts-check
import { availableParallelism } from 'node:os';
import { table } from '../../scripts/lib/table.mjs';

/** @import { Terminal } from '../../scripts/lib/terminal.mjs' */
/** @import { Kind, Outcome } from './clients.mjs' */
/** @import { Watch } from './watch.mjs' */
/** @typedef {{ name: string, seconds: number, outcomes: Outcome[], watch: Watch }} Row */

const heading = ['', 'due/s', 'answered/s', '503/s', 'unsent/s', 'failed', 'p50 ms', 'p99 ms', 'health ms'];
/** Whose memory is shown. */
export const watched = ['gateway', 'comments'];

/** How many of an outcome. @param {Outcome[]} outcomes @param {Kind} kind */
export function countOf(outcomes, kind) {
  return outcomes.filter((each) => each.kind === kind).length;
}

/**
 * @param {Terminal} terminal
 * @param {Row[]} rows
 * @param {{ length: number }} faults what is wrong with what was accepted
 * @param {number} comments how many were accepted
 */
export function printTable(terminal, rows, faults, comments) {
  const memory = watched.map((label) => `${label} MB`);
  terminal.line();
  for (const line of table([[...heading, ...memory], ...rows.map(cells)])) terminal.line(`  ${line}`);
  terminal.line();
  terminal.line(`  ${comments} comments accepted, ${faults.length === 0 ? '0 lost' : 'not all as promised'}`);
  terminal.line(`  clients, broker and processes share ${availableParallelism()} processors`);
  terminal.line();
}

/** @param {Row} row */
function cells({ name, seconds, outcomes, watch }) {
  const perSecond = (/** @type {number} */ count) => String(Math.round(count / seconds));
  const latencies = outcomes
    .filter(({ kind }) => kind === 'accepted')
    .map(({ ms }) => ms)
    .toSorted((a, b) => a - b);
  const latency = (/** @type {number} */ part) => (latencies[Math.floor(latencies.length * part)] ?? 0).toFixed(0);
  return [
    name,
    perSecond(outcomes.length),
    perSecond(latencies.length),
    perSecond(countOf(outcomes, 'overloaded')),
    perSecond(countOf(outcomes, 'unsent')),
    String(countOf(outcomes, 'failed')),
    latency(0.5),
    latency(0.99),
    watch.slowestHealthMs.toFixed(0),
    ...watched.map((label) => (watch.peak.get(label) ?? 0).toFixed(0)),
  ];
}
