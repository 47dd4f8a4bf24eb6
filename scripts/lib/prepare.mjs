// @ts-check
import { openBroker } from './broker-choice.mjs';
import { build } from './build.mjs';

/** @import { ChosenBroker } from './broker-choice.mjs' */
/** @import { StartContext } from './start-command.mjs' */
/** @import { StartOptions } from './start-options.mjs' */

/**
 * Builds, and starts the broker meanwhile.
 * @param {StartOptions} options
 * @param {StartContext} context
 * @param {string} dataDir
 * @returns {Promise<ChosenBroker>}
 */
export async function prepare({ fresh }, { root, terminal, signals, env }, dataDir) {
  const giveUp = new AbortController();
  const either = AbortSignal.any([signals.stop, giveUp.signal]);
  const opening = openBroker({ dataDir, fresh, env, terminal, signal: either });
  const building = build({ root, terminal, signal: either });
  // Whichever fails first, the other is given up, and nothing is left behind.
  opening.catch((error) => giveUp.abort(error));
  building.catch((error) => giveUp.abort(error));
  const [opened] = await Promise.allSettled([opening, building]);
  if (either.aborted) {
    if (opened.status === 'fulfilled') await opened.value.own?.close();
    throw either.reason;
  }
  return opening;
}
