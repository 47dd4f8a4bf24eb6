// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from './errors.mjs';
import { npm } from './npm.mjs';
import { succeeds } from './run-command.mjs';
import { fingerprint, isStamped, stamp } from './stamp.mjs';

/** @import { Terminal } from './terminal.mjs' */
/** @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockEntry */
/** @typedef {{ packages?: Record<string, LockEntry> }} Lock */

/**
 * Installs what package-lock.json says, if that is not what is installed already. Native modules are compiled for one
 * version of Node: another one counts as a change.
 * @param {{ root: string, terminal: Terminal, signal?: AbortSignal }} options
 */
export async function ensureDependencies({ root, terminal, signal }) {
  const lock = await readFile(join(root, 'package-lock.json'), 'utf8').catch((cause) => {
    throw new UserError('package-lock.json is missing. Restore it: `git checkout package-lock.json`.', { cause });
  });
  const wanted = fingerprint(lock, process.versions.modules, process.platform, process.arch);
  const stampFile = join(root, 'node_modules', '.parley-lock');
  if (await isStamped(stampFile, wanted)) return;
  if (!(await isInstalledByHand(root, lock))) {
    const step = terminal.step('Installing dependencies (npm ci; the first time takes a minute or two)');
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    await npm(args, { cwd: root, signal }).finally(() => step.drop());
    terminal.line(`${terminal.paint('green', '✓')} Dependencies installed`);
  }
  await stamp(stampFile, wanted);
}

/**
 * Whether everything in a lock file is installed, by the record npm keeps in `node_modules/.package-lock.json`. What is
 * optional may be left out: most of it is for other systems.
 * @param {Lock} lock
 * @param {Lock} installed
 */
export function isInstalled(lock, installed) {
  return Object.entries(lock.packages ?? {}).every(([path, wanted]) => {
    const actual = installed.packages?.[path];
    if (actual) return actual.version === wanted.version;
    return path === '' || Boolean(wanted.optional || wanted.devOptional || wanted.peer);
  });
}

/**
 * An installation made with npm itself has no stamp, and need not be repeated when it is complete and works.
 * @param {string} root
 * @param {string} lock
 */
async function isInstalledByHand(root, lock) {
  const record = await readFile(join(root, 'node_modules', '.package-lock.json'), 'utf8').catch(() => undefined);
  if (record === undefined || !isInstalled(JSON.parse(lock), JSON.parse(record))) return false;
  const native = "const Database = require('better-sqlite3'); new Database(':memory:').close()";
  return succeeds(process.execPath, ['--input-type=commonjs', '--eval', native], { cwd: root });
}
