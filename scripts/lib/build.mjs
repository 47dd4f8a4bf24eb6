// @ts-check
import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run-command.mjs';
import { fingerprintOf, isStamped, stamp } from './stamp.mjs';

/** @import { Terminal } from './terminal.mjs' */
/** @typedef {{ root: string, terminal: Terminal, signal?: AbortSignal }} BuildOptions */

/** The commands that build, as arguments of Node: no npm or npx in between, which would take longer than the work. */
export const buildCommands = {
  services: ['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json'],
  client: ['node_modules/vite/bin/vite.js', 'build', 'apps/client'],
};

/**
 * Where the built client is.
 * @param {string} root
 */
export function clientDir(root) {
  return join(root, 'dist', 'client');
}

/** @param {string} root */
function clientStamp(root) {
  return join(root, 'dist', '.client-stamp');
}

/**
 * Forgets what the built client was made of, because from now on something else builds it.
 * @param {string} root
 */
export async function forgetClientBuild(root) {
  await rm(clientStamp(root), { force: true });
}

/**
 * Compiles what has changed and builds the client if anything it is made of has.
 * @param {BuildOptions} options
 */
export async function build(options) {
  await mkdir(join(options.root, 'dist'), { recursive: true });
  await Promise.all([buildServices(options), buildClient(options)]);
}

/** @param {BuildOptions} options */
async function buildServices(options) {
  await buildStep('services', options, { doing: 'Compiling the services', done: 'Services compiled', name: 'tsc -b' });
}

/** @param {BuildOptions} options */
async function buildClient(options) {
  const { root } = options;
  const sources = await fingerprintOf(root, ['apps/client', 'libs/contracts', 'package-lock.json']);
  const built = await access(join(clientDir(root), 'index.html')).then(
    () => true,
    () => false,
  );
  if (built && (await isStamped(clientStamp(root), sources))) return;
  await buildStep('client', options, { doing: 'Building the client', done: 'Client built', name: 'vite build' });
  await stamp(clientStamp(root), sources);
}

/**
 * @param {keyof typeof buildCommands} what
 * @param {BuildOptions} options
 * @param {{ doing: string, done: string, name: string }} texts
 */
async function buildStep(what, { root, terminal, signal }, { doing, done, name }) {
  const step = terminal.step(doing);
  try {
    await run(process.execPath, buildCommands[what], { cwd: root, signal, name });
  } catch (error) {
    // Given up because something else failed or somebody pressed Ctrl-C: that is no failure of the build.
    if (signal?.aborted) step.drop();
    else step.fail();
    throw error;
  }
  step.done(done);
}
