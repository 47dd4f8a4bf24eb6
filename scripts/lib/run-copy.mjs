// @ts-check
import { messageOf, UserError } from './errors.mjs';
import { findRunning } from './running-file.mjs';
import { System } from './system.mjs';

/** @import { Instance } from './services.mjs' */
/** @import { StartContext } from './start-command.mjs' */

// The pause in which the gateways notice, and the time for what is in flight: what the process itself allows, and more.
const leaveDeadlineMs = 30_000;
const watchMs = 500;

/**
 * Runs the copy until somebody asks it to leave, it dies, or the `npm start` it belongs to ends.
 * @param {Instance} instance
 * @param {string | undefined} dataDir where that `npm start` notes that it runs; nothing when it belongs to none
 * @param {Pick<StartContext, 'terminal' | 'signals'>} context
 */
export async function runCopy(instance, dataDir, { terminal, signals }) {
  const system = new System([instance], { restart: false, onLine: (_, line) => terminal.line(line) });
  const copy = system.process(instance.label);
  const over = new AbortController();
  signals.force.addEventListener('abort', () => copy.signal('SIGKILL'));
  copy.start();
  const reason = await Promise.race([
    readyThenNothing(system, over.signal, terminal),
    aborted(signals.stop).then(() => /** @type {const} */ ('asked')),
    copy.ended().then(() => /** @type {const} */ ('died')),
    ...(dataDir === undefined ? [] : [startEnds(dataDir, over.signal)]),
  ]);
  over.abort();
  if (reason === 'died') throw new UserError(`${instance.label} has ended by itself: see above.`);
  if (reason === 'start-ended') terminal.warn('`npm start` has ended, and this copy with it.');
  const step = terminal.step(`Leaving: ${instance.label}`);
  await copy.stop(leaveDeadlineMs, reason === 'asked' ? 'SIGTERM' : 'SIGINT');
  step.done(`${instance.label} has left`);
}

/**
 * Says that it is ready, once it is; never resolves.
 * @param {System} system
 * @param {AbortSignal} signal
 * @param {StartContext['terminal']} terminal
 * @returns {Promise<never>}
 */
async function readyThenNothing(system, signal, terminal) {
  const said = system.whenReady({ signal }).then(
    () => terminal.line(`${terminal.paint('green', '✓')} Ready. Ctrl-C ends this copy; the system goes on.`),
    (/** @type {unknown} */ error) => signal.aborted || terminal.warn(messageOf(error)),
  );
  await said;
  return new Promise(() => {});
}

/** @param {string} dataDir @param {AbortSignal} signal @returns {Promise<'start-ended'>} */
function startEnds(dataDir, signal) {
  return new Promise((resolve) => {
    const timer = setInterval(async () => {
      const { launcher, stopping } = await findRunning(dataDir);
      if (!launcher || stopping) resolve('start-ended');
    }, watchMs);
    signal.addEventListener('abort', () => clearInterval(timer));
  });
}

/** @param {AbortSignal} signal @returns {Promise<void>} */
function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
