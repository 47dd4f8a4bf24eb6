// @ts-check
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describeProcess } from './processes.mjs';

const execute = promisify(execFile);
const listening = '0A';

/**
 * The process that listens on a TCP port of this machine, as far as this user may see it.
 * @param {number} port
 * @returns {Promise<{ pid: number, command: string } | undefined>}
 */
export async function findPortHolder(port) {
  const pid = (await findInProc(port)) ?? (await findWithLsof(port));
  return pid === undefined ? undefined : describeProcess(pid);
}

/**
 * The socket inodes that listen on a port, from the text of `/proc/net/tcp` or `/proc/net/tcp6`.
 * @param {string} text
 * @param {number} port
 */
export function listeningInodes(text, port) {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === listening)
    .map((fields) => fields[9])
    .filter((inode) => inode !== undefined);
}

/** @param {number} port */
async function findInProc(port) {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const sockets = new Set(tables.flatMap((text) => listeningInodes(text, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const holders = await Promise.all(pids.map(async (pid) => ((await holdsAny(pid, sockets)) ? pid : undefined)));
  return holders.find((pid) => pid !== undefined);
}

/** @param {number} pid @param {Set<string>} sockets */
async function holdsAny(pid, sockets) {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return links.some((link) => sockets.has(link));
}

/** @param {number} port */
async function findWithLsof(port) {
  const found = await execute('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t']).catch(() => undefined);
  const pid = Number.parseInt(found?.stdout ?? '', 10);
  return Number.isInteger(pid) ? pid : undefined;
}
