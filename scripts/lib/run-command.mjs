// @ts-check
import { spawn } from 'node:child_process';
import { codeOf, UserError } from './errors.mjs';

/**
 * Runs a command to its end and returns what it printed. Nothing of that is shown unless it fails: then the error
 * carries it.
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {AbortSignal} [options.signal]
 * @param {number} [options.timeoutMs]
 * @param {string} [options.name] what an error message calls the command
 * @param {{ uid: number, gid: number }} [options.user] who runs it, this process's user when left out
 * @returns {Promise<string>}
 */
export async function run(command, args, { cwd, env = process.env, signal, timeoutMs, name, user } = {}) {
  const options = { cwd, env, signal, timeout: timeoutMs, ...user };
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (output += chunk));
  }
  const shown = name ?? [command, ...args].join(' ');
  const ending = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(failedToStart(shown, error, signal)));
    child.once('close', (code, killedBy) => resolve(killedBy ?? code));
  });
  if (ending !== 0) throw new UserError(`\`${shown}\` failed (${describeEnding(ending)})`, { output });
  return output;
}

/**
 * Whether a command runs and succeeds.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 */
export async function succeeds(command, args, { timeoutMs = 15_000, ...options } = {}) {
  return run(command, args, { timeoutMs, ...options }).then(
    () => true,
    () => false,
  );
}

/**
 * How a process ended, in words.
 * @param {number | string | null} ending its exit code, or the signal that ended it
 */
export function describeEnding(ending) {
  return typeof ending === 'string' ? ending : `exit code ${ending ?? 'unknown'}`;
}

/** @param {string} shown @param {Error} error @param {AbortSignal | undefined} signal */
function failedToStart(shown, error, signal) {
  if (signal?.aborted) return signal.reason;
  if (codeOf(error) === 'ENOENT') return new UserError(`\`${shown}\` could not be started: command not found`);
  return new UserError(`\`${shown}\` could not be started: ${error.message}`, { cause: error });
}
