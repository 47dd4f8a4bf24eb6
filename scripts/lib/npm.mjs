// @ts-check
import { basename } from 'node:path';
import { run } from './run-command.mjs';

/**
 * Runs npm: the one that runs us, if one does, because it may not be the one on the PATH.
 * @param {string[]} args
 * @param {{ cwd: string, signal?: AbortSignal }} options
 */
export async function npm(args, options) {
  const path = process.env.npm_execpath;
  const own = path && basename(path) === 'npm-cli.js';
  const [command, prefix] = own ? [process.execPath, [path]] : ['npm', []];
  return run(command, [...prefix, ...args], { ...options, name: `npm ${args.filter(isPlain).join(' ')}` });
}

/** Options of npm's own only make messages longer. @param {string} arg */
function isPlain(arg) {
  return !arg.startsWith('--');
}
