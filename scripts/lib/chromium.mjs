// @ts-check
import { aptCanInstall, aptInstall } from './apt.mjs';
import { messageOf } from './errors.mjs';
import { findExecutable } from './executables.mjs';
import { succeeds } from './run-command.mjs';

/** @import { Terminal } from './terminal.mjs' */
/** @typedef {{ path: string } | { missing: string }} Chromium where it is, or why there is none */

const programs = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * A Chromium for the browser tests: PARLEY_CHROMIUM, or one that is installed, or (as root on Debian and Ubuntu) one
 * installed now. Without one the other tests can still run.
 * @param {{ terminal: Terminal, env: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @returns {Promise<Chromium>}
 */
export async function provisionChromium({ terminal, env, signal }) {
  if (env.PARLEY_CHROMIUM) return check(env.PARLEY_CHROMIUM);
  const installed = await findExecutable(programs);
  if (installed) return check(installed);
  if (!(await aptCanInstall())) return { missing: 'no chromium or google-chrome is installed here' };
  const step = terminal.step('Installing Chromium (apt-get install chromium)');
  try {
    await aptInstall(['chromium'], { signal });
    step.done();
  } catch (error) {
    step.fail();
    signal?.throwIfAborted();
    return { missing: messageOf(error) };
  }
  const added = await findExecutable(programs);
  return added ? check(added) : { missing: 'the package chromium brings no program of that name' };
}

/** On some systems the program only tells where to get the browser. @param {string} path @returns {Promise<Chromium>} */
async function check(path) {
  const works = await succeeds(path, ['--version']);
  return works ? { path } : { missing: `${path} does not run` };
}
