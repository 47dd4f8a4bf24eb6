// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { excerpt, UserError } from './errors.mjs';
import { npm } from './npm.mjs';

/** @import { Terminal } from './terminal.mjs' */

/**
 * Runs the steps of `npm run check:static` one by one, so that each shows its time and one that fails hides no other,
 * and shows what those that fail have to say.
 * @param {{ root: string, terminal: Terminal, signal: AbortSignal }} options
 * @returns {Promise<string[]>} those that failed
 */
export async function runStaticChecks({ root, terminal, signal }) {
  /** @type {string[]} */
  const failed = [];
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const name of stepsOf(scripts['check:static'])) {
    const step = terminal.step(name);
    try {
      await npm(['run', '--silent', name], { cwd: root, signal });
      step.done();
    } catch (error) {
      step.fail();
      if (signal.aborted || !(error instanceof UserError)) throw error;
      terminal.line(excerpt(error.output || error.message));
      failed.push(name);
    }
  }
  return failed;
}

/**
 * The scripts another one runs, from `npm run a && npm run b`.
 * @param {string} script
 */
export function stepsOf(script) {
  return [...script.matchAll(/npm run (\S+)/g)].map(([, name]) => name ?? '');
}
