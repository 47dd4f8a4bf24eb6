// @ts-check
import { existsSync, readdirSync } from 'node:fs';
import { serviceNames } from '../../scripts/lib/services.mjs';
import { pick } from '../rounds/random.mjs';
import { immutabilityMissing, makeImmutable, makeMutable } from './immutable.mjs';
import { SmallDisk, smallDiskMissing } from './small-disk.mjs';

/** @import { Fault, FaultSite, SiteProcess } from './fault.mjs' */

const fullMs = 10_000;
const readOnlyMs = 10_000;
/** What it takes to stop and start those who use the disk, twice. */
const restartsSeconds = 10;
const noDatabase = 'no process has its database in a file';

/** What can happen to the disk under the database of a service, chosen by chance. @type {Fault[]} */
export const diskFaults = [
  {
    name: 'disk-full',
    what: 'the disk is full on which a service has its SQLite database',
    seconds: (2 * fullMs) / 1000 + restartsSeconds,
    touchesOneOf: [...serviceNames],
    impossible: (site) => (databaseFolders(site).length === 0 ? noDatabase : smallDiskMissing()),
    async inject(site, { target, random, last }) {
      const folder = pick(random, databaseFolders(site, target));
      const users = usersOf(site, folder);
      const disk = await whileStopped(users, () => SmallDisk.putUp(folder));
      try {
        await disk.fill();
        await last(fullMs);
      } finally {
        // First of all, so that it heals as it is: it is not started again because of that.
        await disk.free();
        await last(fullMs).finally(() => whileStopped(users, () => disk.takeAway()));
      }
      return `the disk of ${labelsOf(users)} was full`;
    },
  },
  {
    name: 'disk-read-only',
    what: 'the SQLite database of a service refuses every write, as a disk does that became read-only',
    seconds: readOnlyMs / 1000,
    touchesOneOf: [...serviceNames],
    impossible(site) {
      const [folder] = databaseFolders(site);
      return folder === undefined ? noDatabase : immutabilityMissing(folder);
    },
    async inject(site, { target, random, last }) {
      const folder = pick(random, databaseFolders(site, target));
      try {
        await makeImmutable(folder);
        await last(readOnlyMs);
      } finally {
        await makeMutable(folder);
      }
      return `the database of ${labelsOf(usersOf(site, folder))} could not be written`;
    },
  },
];

/** @param {FaultSite} site @param {string} [service] of this one alone */
function databaseFolders({ processes }, service) {
  const users = processes.filter(({ name }) => (service === undefined ? name !== 'gateway' : name === service));
  const folders = users.map(({ dataDir }) => dataDir);
  return [...new Set(folders)].filter(holdsDatabase);
}

/** @param {string} folder */
function holdsDatabase(folder) {
  return Boolean(folder) && existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.db'));
}

/** @param {FaultSite} site @param {string} folder */
function usersOf({ processes }, folder) {
  return processes.filter(({ dataDir }) => dataDir === folder);
}

/**
 * @template Result
 * @param {SiteProcess[]} processes
 * @param {() => Promise<Result>} work
 */
async function whileStopped(processes, work) {
  await Promise.all(processes.map((each) => each.kill('SIGTERM')));
  try {
    return await work();
  } finally {
    await Promise.all(processes.map((each) => each.start()));
  }
}

/** @param {SiteProcess[]} processes */
function labelsOf(processes) {
  return processes.map(({ label }) => label).join(' and ');
}
