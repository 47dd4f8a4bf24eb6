// @ts-check
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { discardVolume } from './broker-docker.mjs';

/**
 * Which broker the databases were written with, and the virtual host made for them there, if one was.
 * @typedef {{ name: string, vhost?: string }} BrokerRecord
 */

/** What we keep in the data directory. Anything else there is not ours to delete. */
const ownNames = [/\.db(-wal|-shm|-journal)?$/, /^rabbitmq$/, /^broker\.json$/, /^elsewhere$/];

/**
 * Deletes the databases and our own broker's data.
 * @param {string} dataDir
 */
export async function clearData(dataDir) {
  await discardVolume(join(dataDir, 'rabbitmq'));
  const names = await readdir(dataDir).catch(() => []);
  const own = names.filter((name) => ownNames.some((pattern) => pattern.test(name)));
  await Promise.all(own.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}

/**
 * @param {string} dataDir
 * @returns {Promise<BrokerRecord | undefined>}
 */
export async function readRecord(dataDir) {
  const text = await readFile(join(dataDir, 'broker.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * @param {string} dataDir
 * @param {BrokerRecord} record
 */
export async function writeRecord(dataDir, record) {
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(dataDir, 'broker.json'), `${JSON.stringify(record)}\n`);
}
