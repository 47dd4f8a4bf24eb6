// @ts-check
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { aptCanInstall, aptInstall } from './apt.mjs';
import { UserError } from './errors.mjs';
import { freePorts } from './ports.mjs';
import { createPostgres } from './postgres-handle.mjs';
import { findInstalledPostgres, installedPostgres } from './postgres-installed.mjs';
import { Terminal } from './terminal.mjs';

/** @import { Postgres } from './postgres-handle.mjs' */

/**
 * Finds the programs of a PostgreSQL server on this machine; else, as root on Debian or Ubuntu, installs the
 * distribution's package now. Otherwise the error says what to install.
 * @param {{ terminal?: Terminal, signal?: AbortSignal }} [options]
 * @returns {Promise<string>} the directory of the programs
 */
export async function provisionPostgres({ terminal = new Terminal(), signal } = {}) {
  const programs = await findInstalledPostgres();
  if (programs) return programs;
  if (await aptCanInstall()) {
    const step = terminal.step('Installing PostgreSQL (apt-get install postgresql)');
    await withoutMainCluster(() => aptInstall(['postgresql'], { signal }));
    step.done();
    const installed = await findInstalledPostgres();
    if (installed) return installed;
  }
  throw new UserError(
    'A PostgreSQL server is needed for the tests and was not found.\n' +
      '  Install one (Debian and Ubuntu: `sudo apt-get install postgresql`, Homebrew: `brew install postgresql`), or set\n' +
      '  TEST_POSTGRES_URL to the superuser of a server that tests may make databases on; then try again.',
  );
}

/**
 * Starts a PostgreSQL server of our own, apart from any other on this machine: everything it keeps is in `dir`, and it
 * listens on 127.0.0.1 only, unless told otherwise. The same directory can be started again and has its data. PostgreSQL refuses to run as
 * root: for root, another user does, who needs to get to `dir`; so directories for temporary files above it are opened
 * for passing through.
 * @param {object} options
 * @param {string} options.dir where it keeps everything; made when it does not exist
 * @param {string} [options.host] where to listen instead of 127.0.0.1; those in the same network are let in
 * @param {number} [options.port] a free one when left out
 * @param {string} [options.programs] what `provisionPostgres` found; looked for when left out
 * @param {AbortSignal} [options.signal] gives up the start
 * @returns {Promise<Postgres>} once it accepts connections
 */
export async function startPrivatePostgres({ dir, host = '127.0.0.1', port, programs, signal }) {
  const [freePort = 0] = port ? [port] : await freePorts(1);
  const found = programs ?? (await provisionPostgres({ signal }));
  const postgres = createPostgres(await installedPostgres({ programs: found, dir, host, port: freePort, signal }));
  try {
    await postgres.start(signal);
  } catch (error) {
    await postgres.close({ force: true });
    throw error;
  }
  return postgres;
}

/**
 * Debian's package makes a server for the whole machine, unless this file says no.
 * @param {() => Promise<void>} install
 */
async function withoutMainCluster(install) {
  const directory = '/etc/postgresql-common/createcluster.d';
  const file = `${directory}/parley.conf`;
  await mkdir(directory, { recursive: true });
  await writeFile(file, 'create_main_cluster = false\n');
  try {
    await install();
  } finally {
    await rm(file, { force: true });
  }
}
