import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseNetworkDrive, typeOfMount } from './network-drive.js';

describe(refuseNetworkDrive.name, () => {
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'parley-drive-')));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A network drive is mounted at `folder/drive`. */
  const read = (asked: string) => Promise.resolve(asked === join(folder, 'drive') ? 'NFS' : undefined);

  it('lets a file of this machine be, whether it exists or not', async () => {
    await expect(refuseNetworkDrive(join(folder, 'posts.db'))).resolves.toBeUndefined();
    await expect(refuseNetworkDrive(join(folder, 'not', 'there', 'yet', 'posts.db'))).resolves.toBeUndefined();
  });

  it('refuses one on a network drive, and names PostgreSQL', async () => {
    await mkdir(join(folder, 'drive'));
    const refusal = /posts\.db is on a network drive \(NFS\).*postgres:\/\//;
    await expect(refuseNetworkDrive(join(folder, 'drive', 'posts.db'), read)).rejects.toThrow(refusal);
    await expect(refuseNetworkDrive(join(folder, 'drive', 'new', 'posts.db'), read)).rejects.toThrow(refusal);
  });

  it('looks where a link leads', async () => {
    await mkdir(join(folder, 'drive'));
    await symlink(join(folder, 'drive'), join(folder, 'data'));
    await expect(refuseNetworkDrive(join(folder, 'data', 'posts.db'), read)).rejects.toThrow(/network drive/);
  });
});

describe(typeOfMount.name, () => {
  const mounts = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:35 / /mnt/far rw,nosuid shared:2 - fuse.sshfs me@there:/ rw
41 22 0:36 / /mnt/with\\040space rw,nosuid - fuse.rclone there: rw
42 40 0:37 / /mnt/far/near rw - ext4 /dev/sdb1 rw
`;

  it.each([
    ['/var/lib', 'ext4'],
    ['/mnt/far', 'fuse.sshfs'],
    ['/mnt/far/data', 'fuse.sshfs'],
    ['/mnt/farther', 'ext4'],
    ['/mnt/far/near/data', 'ext4'],
    ['/mnt/with space/data', 'fuse.rclone'],
  ])('finds the drive of %s', (folder, type) => {
    expect(typeOfMount(mounts, folder)).toBe(type);
  });
});
