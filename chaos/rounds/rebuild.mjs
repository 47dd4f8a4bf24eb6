// @ts-check
import { isDeepStrictEqual } from 'node:util';
import { waitFor } from '../../scripts/lib/wait-for.mjs';
import { readWholeReadModel } from './databases.mjs';

/** @import { Violation } from './invariants/violation.mjs' */
/** @import { Site } from './site.mjs' */
/** @import { ChaosProcess } from './site-process.mjs' */
/** @typedef {ReturnType<typeof readWholeReadModel>} WholeReadModel */

/** Who has not come on for so long hangs. The whole log may take many times as long. */
const standstillMs = 60_000;

/**
 * Builds a read model anew, from the event log alone, and compares it with those that are running, row by row.
 * @param {Site} site settled
 * @param {{ signal: AbortSignal, onProgress: (text: string) => void }} options
 * @returns {Promise<Violation[]>}
 */
export async function checkRebuild(site, options) {
  const another = await site.anotherQuery('query:rebuilt');
  try {
    another.launch();
    const standstill = await catchUp(another, options);
    if (standstill !== undefined) {
      return [{ kind: 'stuck', thing: another.label, expected: 'all of the event log in it', found: standstill }];
    }
    const rebuilt = readWholeReadModel(another.dataDir);
    const running = site.processes.filter(({ name }) => name === 'query');
    return running.flatMap(({ label, dataDir }) => compareReadModels(label, rebuilt, readWholeReadModel(dataDir)));
  } finally {
    await another.stop();
  }
}

/**
 * Waits until it has caught up, for as long as it comes on.
 * @param {ChaosProcess} another
 * @param {{ signal: AbortSignal, onProgress: (text: string) => void }} options
 * @returns {Promise<string | undefined>} what it says of itself when it does not
 */
async function catchUp(another, { signal, onProgress }) {
  let offset = -Infinity;
  for (;;) {
    let answer = '';
    /** @type {boolean | undefined} */
    let ready;
    const cameOn = async () => {
      ({ ready, answer } = await another.readiness());
      return ready || offsetIn(answer) > offset;
    };
    if (!(await waitFor(cameOn, { timeoutMs: standstillMs, everyMs: 500, signal }))) return answer;
    if (ready) return undefined;
    offset = offsetIn(answer);
    onProgress(`offset ${offset}`);
  }
}

/** NaN without an answer. @param {string} answer of /health/ready */
function offsetIn(answer) {
  return Number(/"offset":(-?\d+)/.exec(answer)?.[1]);
}

/**
 * @param {string} label of the running one
 * @param {WholeReadModel} rebuilt
 * @param {WholeReadModel} running
 * @returns {Violation[]} one for each table that differs
 */
export function compareReadModels(label, rebuilt, running) {
  const names = /** @type {const} */ (['posts', 'comments', 'changes']);
  return names.flatMap((name) => {
    const [wanted, held] = [rebuilt[name], running[name]];
    const index = Array.from({ length: Math.max(wanted.length, held.length) }).findIndex(
      (_, row) => !isDeepStrictEqual(wanted[row], held[row]),
    );
    if (index < 0) return [];
    const [expected, found] = [wanted[index], held[index]].map((row) => JSON.stringify(row) ?? 'no row');
    return [
      {
        kind: /** @type {const} */ ('wrong'),
        thing: `${label}, table ${name}, row ${index + 1}`,
        expected: `${expected}, as in one built anew`,
        found: String(found),
      },
    ];
  });
}
