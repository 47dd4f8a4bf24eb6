// @ts-check
import { UserError } from './errors.mjs';
import { endRunning, findRunning, forgetRunning } from './running-file.mjs';

/** @import { Terminal } from './terminal.mjs' */

/**
 * What an earlier start left running because it was killed is ended; a start that still runs is not disturbed.
 * @param {string} dataDir
 * @param {Terminal} terminal
 */
export async function clearLeftovers(dataDir, terminal) {
  const { launcher, processes } = await findRunning(dataDir);
  if (launcher) {
    throw new UserError(
      `Parley already runs from this checkout (process ${launcher.pid}).\n` +
        `  Stop it with Ctrl-C where it was started, or with \`kill ${launcher.pid}\`.`,
    );
  }
  if (processes.length > 0) {
    const names = processes.map(({ label, pid }) => `${label} (${pid})`).join(', ');
    const step = terminal.step(`Ending what an earlier start left running: ${names}`);
    await endRunning(processes);
    step.done(`Ended what an earlier start left running: ${names}`);
  }
  await forgetRunning(dataDir);
}
