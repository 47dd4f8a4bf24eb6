// @ts-check
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { buildCommands, forgetClientBuild } from './build.mjs';
import { messageOf } from './errors.mjs';
import { createLogPrinter } from './log-printer.mjs';
import { fingerprintOf } from './stamp.mjs';

/** @import { System } from './system.mjs' */
/** @import { Terminal } from './terminal.mjs' */
/** @typedef {{ root: string, terminal: Terminal, system: System, signal: AbortSignal }} WatchOptions */

/**
 * Compiles whenever a source changes, and starts those services again whose own code, or the libraries', came out
 * different. A compilation with errors restarts nothing.
 * @param {WatchOptions} options
 */
export function watch(options) {
  const { root, terminal, system, signal } = options;
  const print = createLogPrinter(terminal, ['compile', 'client']);
  let last = forgetClientBuild(root).then(() => fingerprints(root, system));

  /** @param {Map<string, string>} known */
  const restartChanged = async (known) => {
    const current = await fingerprints(root, system);
    const changed = system.processes.filter(({ name }) => current.get(name) !== known.get(name));
    await restart(changed);
    return current;
  };
  /** @param {System['processes']} changed */
  const restart = async (changed) => {
    if (changed.length === 0 || signal.aborted) return;
    print('compile', `restarting ${changed.map(({ label }) => label).join(', ')}`);
    await Promise.all(changed.map((each) => each.restart()));
  };

  runWatcher(buildCommands.services, ['--watch', '--preserveWatchOutput'], options, (line) => {
    if (line.trim() !== '') print('compile', line);
    if (!line.includes('Found 0 errors')) return;
    last = last.then(restartChanged);
    last.catch((error) => terminal.warn(messageOf(error)));
  });
  runWatcher(buildCommands.client, ['--watch'], options, (line) => line.trim() !== '' && print('client', line));
}

/**
 * What each part runs, as a fingerprint per part.
 * @param {string} root
 * @param {System} system
 */
async function fingerprints(root, system) {
  const names = [...new Set(system.processes.map(({ name }) => name))];
  const states = await Promise.all(names.map((name) => fingerprintOf(root, ['dist/libs', `dist/apps/${name}`])));
  return new Map(names.map((name, index) => [/** @type {string} */ (name), states[index] ?? '']));
}

/**
 * @param {string[]} command
 * @param {string[]} extra
 * @param {WatchOptions} options
 * @param {(line: string) => void} onLine
 */
function runWatcher(command, extra, { root, terminal, signal }, onLine) {
  const child = spawn(process.execPath, [...command, ...extra], {
    cwd: root,
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  child.once('error', (error) => signal.aborted || terminal.warn(messageOf(error)));
  child.once('exit', (code) => signal.aborted || terminal.warn(`${command[0]} has ended (exit code ${code})`));
}
