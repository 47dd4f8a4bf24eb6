import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findKustomize } from './kustomize.mjs';

describe(findKustomize.name, () => {
  let bin: string;
  let cache: string;
  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'parley-bin-'));
    cache = await mkdtemp(join(tmpdir(), 'parley-cache-'));
    vi.stubEnv('PATH', bin);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(bin, { recursive: true });
    await rm(cache, { recursive: true });
  });

  async function install(name: string, { works }: { works: boolean }): Promise<string> {
    const path = join(bin, name);
    await writeFile(path, `#!/bin/sh\nexit ${works ? 0 : 1}\n`);
    await chmod(path, 0o755);
    return path;
  }

  it('takes a kustomize that is installed', async () => {
    const command = await install('kustomize', { works: true });
    expect(await findKustomize(cache)).toEqual({ command, args: ['build'] });
  });

  it('takes kubectl when kustomize is too old for the manifests', async () => {
    await install('kustomize', { works: false });
    const command = await install('kubectl', { works: true });
    expect(await findKustomize(cache)).toEqual({ command, args: ['kustomize'] });
  });

  it('says what to install when there is none and none can be fetched', async () => {
    await install('kubectl', { works: false });
    await expect(findKustomize(cache)).rejects.toThrow('Install kustomize 5 or newer, or kubectl 1.27 or newer.');
  });
});
