// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { cp, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, messageOf } from '../../scripts/lib/errors.mjs';
import { run } from '../../scripts/lib/run-command.mjs';

/** @import { FileHandle } from 'node:fs/promises' */

const megabyte = 1024 * 1024;
/** What is free on it beside what is put there. */
const room = 64 * megabyte;

/**
 * Why no small disk can be had on this machine, if so.
 * @returns {string | undefined}
 */
export function smallDiskMissing() {
  if (process.platform !== 'linux') return 'it takes the tmpfs of Linux';
  if (process.getuid?.() !== 0) return 'mounting a small disk takes root';
  const place = mkdtempSync(join(tmpdir(), 'parley-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'parley', place], { stdio: 'pipe' });
    execFileSync('umount', [place], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `mounting is not permitted here (${messageOf(error).split('\n').pop()})`;
  } finally {
    rmdirSync(place);
  }
}

/** A tmpfs in the place of a folder, with what the folder holds. Nobody may use the folder while it is put up or taken away. */
export class SmallDisk {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    this.aside = `${folder}.aside`;
    this.ballast = join(folder, 'ballast');
  }

  /** @param {string} folder @returns {Promise<SmallDisk>} */
  static async putUp(folder) {
    const disk = new SmallDisk(folder);
    const size = (await sizeOf(folder)) + room;
    await rename(folder, disk.aside);
    try {
      await mkdir(folder);
      await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'parley', folder]);
    } catch (error) {
      await disk.#putBack();
      throw error;
    }
    await cp(disk.aside, folder, { recursive: true, preserveTimestamps: true });
    return disk;
  }

  /** Fills it to the last byte. @throws when it takes more than it can hold */
  async fill() {
    const file = await open(this.ballast, 'a');
    try {
      const page = Buffer.alloc(4096, 'x');
      while (await hasTaken(file, page));
    } finally {
      await file.close();
    }
    const { bavail } = await statfs(this.folder);
    if (bavail > 0) throw new Error(`the disk at ${this.folder} is not full`);
  }

  /** Gives free what `fill` has taken. */
  async free() {
    await rm(this.ballast, { force: true });
  }

  /** Takes it away; the folder keeps what it holds. */
  async takeAway() {
    await this.free();
    await rm(this.aside, { recursive: true });
    await cp(this.folder, this.aside, { recursive: true, preserveTimestamps: true });
    await run('umount', [this.folder]);
    await this.#putBack();
  }

  async #putBack() {
    await rm(this.folder, { recursive: true, force: true });
    await rename(this.aside, this.folder);
  }
}

/** @param {FileHandle} file @param {Buffer} bytes */
async function hasTaken(file, bytes) {
  try {
    return (await file.write(bytes)).bytesWritten === bytes.length;
  } catch (error) {
    if (codeOf(error) === 'ENOSPC') return false;
    throw error;
  }
}

/** How much the files of a folder take. @param {string} folder */
async function sizeOf(folder) {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => stat(join(folder, name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
