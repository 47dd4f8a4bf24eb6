// @ts-check
import { spawn } from 'node:child_process';
import { signalGroup } from './processes.mjs';

/** @import { ChildProcess } from 'node:child_process' */

/**
 * Ends a server when this process ends without having been able to do so itself (SIGKILL): a shell waits for the end of
 * a pipe that only we hold open. It goes away with the server.
 * @param {ChildProcess} child
 * @param {string} script what the shell does then
 */
export function endWithUs(child, script) {
  const guard = spawn('sh', ['-c', `cat >/dev/null; ${script}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.once('error', () => {});
  guard.unref();
  // Not the shell alone: `cat` would stay, waiting for our end.
  child.once('exit', () => guard.pid !== undefined && signalGroup(guard.pid, 'SIGKILL'));
}
