// @ts-check
import { join } from 'node:path';

/** @import { Terminal } from './terminal.mjs' */

/**
 * What all processes get, besides what each needs: logs for people on a terminal and for programs elsewhere, and stack
 * traces in TypeScript for whoever is changing it.
 * @param {{ root: string, terminal: Terminal, env: NodeJS.ProcessEnv, sourceMaps?: boolean }} options
 * @returns {NodeJS.ProcessEnv}
 */
export function processEnvironment({ root, terminal, env, sourceMaps = false }) {
  return {
    // Node 22 and later start faster with it; earlier ones do not know it.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'parley'),
    LOG_FORMAT: terminal.live ? 'pretty' : 'json',
    ...(terminal.colour && { FORCE_COLOR: '1' }),
    ...env,
    ...(sourceMaps && { NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} --enable-source-maps` }),
  };
}
