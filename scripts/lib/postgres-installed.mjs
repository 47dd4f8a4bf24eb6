// @ts-check
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { access, appendFile, chmod, chown, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findExecutable } from './executables.mjs';
import { endWithUs } from './guard.mjs';
import { childrenOf, describeProcess, signalGroup } from './processes.mjs';
import { run, succeeds } from './run-command.mjs';
import { waitFor } from './wait-for.mjs';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { PostgresRecipe } from './postgres-handle.mjs' */
/** @typedef {{ uid: number, gid: number }} User */

// Distributions keep the server's programs out of the PATH, a directory for each version.
const versions = [
  { parent: '/usr/lib/postgresql', programs: 'bin' },
  { parent: '/usr', begin: 'pgsql-', programs: 'bin' },
  { parent: '/opt/homebrew/opt', begin: 'postgresql@', programs: 'bin' },
  { parent: '/usr/local/opt', begin: 'postgresql@', programs: 'bin' },
];

/** @returns {Promise<string | undefined>} the directory with the programs of the newest server installed on this machine */
export async function findInstalledPostgres() {
  const directories = (await Promise.all(versions.map(programsOf))).flat();
  const initdb = await findExecutable([...directories.map((directory) => join(directory, 'initdb')), 'initdb']);
  return initdb && dirname(initdb);
}

/** @param {{ parent: string, begin?: string, programs: string }} place @returns {Promise<string[]>} the newest first */
async function programsOf({ parent, begin = '', programs }) {
  const names = await readdir(parent).catch(() => []);
  const version = (/** @type {string} */ name) => Number(name.slice(begin.length));
  return names
    .filter((name) => name.startsWith(begin) && version(name) > 0)
    .toSorted((one, other) => version(other) - version(one))
    .map((name) => join(parent, name, programs));
}

/**
 * A server that shares nothing with any other: its own data, port and superuser. What it commits is on the disk.
 * @param {{ programs: string, dir: string, host: string, port: number, signal?: AbortSignal }} options
 * @returns {Promise<PostgresRecipe>}
 */
export async function installedPostgres({ programs, dir: given, host, port, signal }) {
  const dir = resolve(given);
  const data = join(dir, 'data');
  await mkdir(dir, { recursive: true });
  const user = await serverUser(dir);
  const password = await initialise({ programs, dir, data, user, signal });
  const logFile = join(dir, 'postgres.log');
  return {
    url: `postgres://parley:${password}@${host}:${port}/postgres`,
    logFile,
    spawn: () => {
      const output = openSync(logFile, 'a');
      const args = ['-D', data, ...settings(host, port).flatMap((setting) => ['-c', setting])];
      // Detached: a group of its own, so that Ctrl-C in the terminal does not reach it before we ask it to stop.
      const child = spawn(join(programs, 'postgres'), args, {
        ...user,
        cwd: dir,
        detached: true,
        stdio: ['ignore', output, output],
      });
      closeSync(output);
      if (child.pid !== undefined) endWithUs(child, `kill -INT ${child.pid}`);
      return child;
    },
    isUp: async (child) => {
      const lines = await pidFile(data);
      return Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready';
    },
    kill: killAll,
    cleanUp: () => removeSharedMemory(data),
    discard: () => rm(dir, { recursive: true, force: true }),
  };
}

/** @param {string} host @param {number} port */
function settings(host, port) {
  return [
    `listen_addresses=${host}`,
    `port=${port}`,
    // No socket file: nobody needs it, and its path may be no longer than 107 characters.
    'unix_socket_directories=',
    'dynamic_shared_memory_type=mmap',
    'max_connections=300',
    'shared_buffers=64MB',
    'timezone=UTC',
    'log_timezone=UTC',
  ];
}

/**
 * @param {{ programs: string, dir: string, data: string, user: User | undefined, signal?: AbortSignal }} options
 * @returns {Promise<string>} the password of the superuser
 */
async function initialise({ programs, dir, data, user, signal }) {
  const passwordFile = join(dir, 'password');
  const begun = await access(join(data, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (!begun) {
    await rm(data, { recursive: true, force: true });
    await writeFile(passwordFile, randomBytes(16).toString('hex'), { mode: 0o600 });
    if (user) await chown(passwordFile, user.uid, user.gid);
    const encoding = ['--encoding=UTF8', '--locale=C'];
    const login = ['--username=parley', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    await run(join(programs, 'initdb'), [`--pgdata=${data}`, '--no-sync', ...encoding, ...login], { user, signal });
    // Who may log in from another machine of the network it listens to.
    await appendFile(join(data, 'pg_hba.conf'), 'host all all samenet scram-sha-256\n');
  }
  return (await readFile(passwordFile, 'utf8')).trim();
}

/**
 * PostgreSQL refuses to run as root. Another user does then, to whom the directory is given.
 * @param {string} dir
 * @returns {Promise<User | undefined>}
 */
async function serverUser(dir) {
  if (process.getuid?.() !== 0) return undefined;
  const name = (await succeeds('id', ['-u', 'postgres'])) ? 'postgres' : 'nobody';
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (which) => Number(await run('id', [which, name]))));
  const user = /** @type {User} */ ({ uid, gid });
  await chown(dir, user.uid, user.gid);
  await openForPassing(dirname(dir));
  return user;
}

/**
 * Lets other users through a directory for temporary files and those above it, up to the system's; they cannot list it.
 * @param {string} directory
 */
async function openForPassing(directory) {
  if (!directory.startsWith(resolve(tmpdir()))) return;
  const { mode } = await stat(directory);
  if ((mode & 0o001) === 0) await chmod(directory, mode | 0o011);
  await openForPassing(dirname(directory));
}

/** Its processes lead groups of their own, and would go on for a while without it. @param {ChildProcess} child */
async function killAll(child) {
  if (child.pid === undefined) return;
  const children = await childrenOf(child.pid);
  for (const pid of [child.pid, ...children]) signalGroup(pid, 'SIGKILL');
  const gone = async () => (await Promise.all(children.map(describeProcess))).every((process) => !process);
  await waitFor(gone, { timeoutMs: 5000, everyMs: 10 });
}

/** What a server that was killed leaves in the system until the next start. @param {string} data */
async function removeSharedMemory(data) {
  const [, id] = (await pidFile(data))[6]?.trim().split(/\s+/) ?? [];
  if (id) await succeeds('ipcrm', ['-m', id]);
}

/** What the server tells of itself, line by line; nothing after it has shut down. @param {string} data */
async function pidFile(data) {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n');
}
