// @ts-check
import { rmdirSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, UserError } from './errors.mjs';
import { findPortHolder } from './port-holder.mjs';

// Below 32768, where Linux begins to hand out ports to outgoing connections: a server on such a port that restarts
// could find its port in use by somebody's client.
const range = { from: 20_000, to: 32_767 };
const reservations = join(tmpdir(), `parley-ports-${process.getuid?.() ?? 'user'}`);

/**
 * Whether a server could listen on a port now.
 * @param {number} port
 * @param {string} [host]
 */
export async function isPortFree(port, host = '127.0.0.1') {
  // A bind alone is not enough: on some systems 127.0.0.1 can be bound while another process listens on all addresses.
  return (await canListen(port, host)) && !(await answers(port));
}

/**
 * Free TCP ports for private servers, each handed out to one living process only: test files that run at the same time
 * do not get the same one, even while the server it is for is down.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const span = range.to - range.from + 1;
  const start = Math.floor(Math.random() * span);
  /** @type {number[]} */
  const found = [];
  for (let step = 0; step < span && found.length < count; step++) {
    const port = range.from + ((start + step) % span);
    if ((await isPortFree(port)) && (await reserve(port))) found.push(port);
  }
  if (found.length < count) throw new Error(`No ${count} free ports between ${range.from} and ${range.to}`);
  return found;
}

/**
 * The port itself when it is free, another free one otherwise.
 * @param {number} port
 */
export async function freePortNear(port) {
  if (await isPortFree(port)) return port;
  const [other] = await freePorts(1);
  return /** @type {number} */ (other);
}

/**
 * Makes sure that every port is free; if not, the error names who holds each.
 * @param {{ label: string, port: number }[]} wanted
 * @param {string} [host]
 */
export async function requireFreePorts(wanted, host) {
  const states = await Promise.all(wanted.map(async (each) => ({ ...each, free: await isPortFree(each.port, host) })));
  const taken = states.filter(({ free }) => !free);
  if (taken.length === 0) return;
  const lines = await Promise.all(
    taken.map(async ({ label, port }) => `Port ${port} (${label}) is taken by ${await nameHolder(port)}.`),
  );
  throw new UserError([...lines, '  Stop that first: nothing was started.'].join('\n'));
}

/**
 * Who holds a port, for a message.
 * @param {number} port
 */
export async function nameHolder(port) {
  const holder = await findPortHolder(port);
  if (!holder) return 'a process that this user may not see (try `sudo ss -ltnp`)';
  return `process ${holder.pid}: ${shorten(holder.command)}`;
}

/** @param {string} command */
function shorten(command) {
  return command.length > 80 ? `${command.slice(0, 79)}…` : command;
}

/** @param {number} port @param {string} host @returns {Promise<boolean>} */
function canListen(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (codeOf(error) === 'EADDRINUSE') resolve(false);
      else reject(new UserError(`Cannot listen on ${host}, port ${port}: ${error.message}.`, { cause: error }));
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (/** @type {boolean} */ value) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
    socket.setTimeout(1000, () => answer(false));
  });
}

/** @param {number} port @returns {Promise<boolean>} */
async function reserve(port) {
  const file = join(reservations, String(port));
  await mkdir(reservations, { recursive: true });
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    releaseAtExit(file);
    return true;
  } catch (error) {
    // Whoever used it last has just removed the directory.
    if (codeOf(error) === 'ENOENT') return reserve(port);
    if (codeOf(error) !== 'EEXIST') throw error;
    // Left by a process that has ended: clear it away and take another port, which no one else can be reaching for.
    const owner = await readFile(file, 'utf8').catch(() => '');
    if (owner !== '' && !isAlive(Number(owner))) await rm(file, { force: true });
    return false;
  }
}

/** @type {Set<string>} */
const reserved = new Set();

/** @param {string} file */
function releaseAtExit(file) {
  if (reserved.size === 0) process.once('exit', release);
  reserved.add(file);
}

function release() {
  for (const file of reserved) rmSync(file, { force: true });
  try {
    rmdirSync(reservations);
  } catch {
    // Others have reservations there.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
