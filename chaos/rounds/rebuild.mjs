// @ts-check
import { isDeepStrictEqual } from 'node:util';
import { readWholeReadModel } from './databases.mjs';

/** @import { Violation } from './invariants/violation.mjs' */
/** @import { Site } from './site.mjs' */
/** @typedef {ReturnType<typeof readWholeReadModel>} WholeReadModel */

/**
 * Builds a read model anew, from the event log alone, and compares it with those that are running, row by row.
 * @param {Site} site settled
 * @returns {Promise<Violation[]>}
 */
export async function checkRebuild(site) {
  const another = await site.anotherQuery('query:rebuilt');
  try {
    await another.start();
    const rebuilt = readWholeReadModel(another.dataDir);
    const running = site.processes.filter(({ name }) => name === 'query');
    return running.flatMap(({ label, dataDir }) => compareReadModels(label, rebuilt, readWholeReadModel(dataDir)));
  } finally {
    await another.stop();
  }
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
