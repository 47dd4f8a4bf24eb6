import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, fingerprintOf, isStamped, stamp } from './stamp.mjs';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-stamp-'));
  await mkdir(join(root, 'src', 'deep'), { recursive: true });
  await writeFile(join(root, 'src', 'a.ts'), 'a');
  await writeFile(join(root, 'src', 'deep', 'b.ts'), 'b');
  await writeFile(join(root, 'lock.json'), '{}');
});

afterEach(() => rm(root, { recursive: true, force: true }));

const current = () => fingerprintOf(root, ['src', 'lock.json', 'missing']);

describe('fingerprint', () => {
  it('tells apart texts that are the same when put together', () => {
    expect(fingerprint('ab', 'c')).not.toBe(fingerprint('a', 'bc'));
  });
});

describe('fingerprintOf', () => {
  it('stays the same when only times change', async () => {
    const before = await current();
    await utimes(join(root, 'src', 'a.ts'), 1, 1);
    expect(await current()).toBe(before);
  });

  it.each([
    { what: 'content', change: () => writeFile(join(root, 'src', 'deep', 'b.ts'), 'changed') },
    { what: 'single file', change: () => writeFile(join(root, 'lock.json'), '{"a":1}') },
    { what: 'new file', change: () => writeFile(join(root, 'src', 'c.ts'), '') },
    { what: 'deletion', change: () => rm(join(root, 'src', 'a.ts')) },
  ])('notices a changed $what', async ({ change }) => {
    const before = await current();
    await change();
    expect(await current()).not.toBe(before);
  });
});

describe('isStamped', () => {
  it('knows the state that was stamped, and no other', async () => {
    const file = join(root, '.stamp');
    expect(await isStamped(file, 'one')).toBe(false);
    await stamp(file, 'one');
    expect(await isStamped(file, 'one')).toBe(true);
    expect(await isStamped(file, 'two')).toBe(false);
  });
});
