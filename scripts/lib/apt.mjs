// @ts-check
import { rm, writeFile } from 'node:fs/promises';
import { codeOf } from './errors.mjs';
import { findExecutable } from './executables.mjs';
import { run, succeeds } from './run-command.mjs';

const policyFile = '/usr/sbin/policy-rc.d';
const policy = `#!/bin/sh\nkill -0 ${process.pid} 2>/dev/null && exit 101\nexit 0\n`;
const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
// Another apt-get may be at work: wait for it instead of failing.
const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];

/** Whether packages can be installed without asking anyone: root, on Debian or Ubuntu. */
export async function aptCanInstall() {
  return process.getuid?.() === 0 && (await findExecutable(['/usr/bin/apt-get'])) !== undefined;
}

/**
 * Installs packages without starting the services they bring.
 * @param {string[]} packages
 * @param {{ disableServices?: string[], signal?: AbortSignal }} [options_] `disableServices`: are not started with the
 *   machine either
 */
export async function aptInstall(packages, { disableServices = [], signal } = {}) {
  await run('apt-get', ['update', '-o', 'DPkg::Lock::Timeout=300'], { env, signal });
  // Without the signal: an installation cut short leaves the package manager in a state somebody has to repair.
  const name = `apt-get install ${packages.join(' ')}`;
  await withoutStartingServices(() => run('apt-get', ['install', ...options, ...packages], { env, name }));
  for (const service of disableServices)
    await succeeds('systemctl', ['disable', '--now', service], { timeoutMs: 30_000 });
}

/**
 * Debian asks this file before it starts a service (exit code 101: do not). A machine that has the file, as containers
 * do, keeps its own. Ours says no for as long as this process lives, should it end before it can delete the file.
 * @template Result
 * @param {() => Promise<Result>} install
 */
async function withoutStartingServices(install) {
  const ours = await writeFile(policyFile, policy, { flag: 'wx', mode: 0o755 }).then(
    () => true,
    (error) => {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    },
  );
  try {
    return await install();
  } finally {
    if (ours) await rm(policyFile, { force: true });
  }
}
