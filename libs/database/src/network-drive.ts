import { readFile, realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The types of file systems that other machines serve, by the number that Linux has for each (statfs(2)). */
const networkTypes = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x73757245, 'Coda'],
]);
const FUSE = 0x65735546;
/** What else is a FUSE file system, but of this machine. */
const localFuse = ['fuseblk', 'virtiofs', 'fuse.fuse-overlayfs', 'fuse.mergerfs', 'fuse.bindfs'];

/**
 * Makes sure that an SQLite file is on a drive of this machine: over a network, file locks and shared memory do not hold,
 * and two processes that write destroy the file.
 *
 * @param file need not exist yet; its folder or one above it does
 * @param read tells the type of the file system that a folder is on
 * @throws Error that says what to do instead
 */
export async function refuseNetworkDrive(file: string, read = readType): Promise<void> {
  const type = await read(await existing(dirname(file)));
  if (!type) return;
  throw new Error(
    `${file} is on a network drive (${type}), which cannot keep an SQLite file safe. ` +
      'Set DATABASE_URL to a file on a local disk, or to a PostgreSQL database: postgres://user:password@host:5432/database',
  );
}

/** @returns what kind of network file system the folder is on, or undefined when it is on none */
async function readType(folder: string): Promise<string | undefined> {
  // Other systems have other numbers.
  if (process.platform !== 'linux') return undefined;
  const { type } = await statfs(folder);
  if (type !== FUSE) return networkTypes.get(type);
  const name = typeOfMount(await readFile('/proc/self/mountinfo', 'utf8'), folder);
  return localFuse.includes(name) ? undefined : `${name}, FUSE`;
}

/**
 * The type of the file system that is mounted at or above `folder`.
 *
 * @param mounts the content of /proc/self/mountinfo
 */
export function typeOfMount(mounts: string, folder: string): string {
  let found = { point: '', type: '' };
  for (const line of mounts.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = (before.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCodePoint(Number.parseInt(octal, 8)),
    );
    const covers = point !== '' && `${folder}/`.startsWith(point.endsWith('/') ? point : `${point}/`);
    // Of two at the same point the later one hides the other.
    if (covers && point.length >= found.point.length) found = { point, type: after.split(' ')[0] ?? '' };
  }
  return found.type;
}

/** The folder itself, without links, or the nearest one above it that exists. */
async function existing(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    return existing(dirname(folder));
  }
}
