// @ts-check
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf, messageOf, UserError } from './errors.mjs';
import { findExecutable } from './executables.mjs';
import { run, succeeds } from './run-command.mjs';

/** @typedef {{ command: string, args: string[] }} Kustomize what to run before the path of a kustomization */

const usualCache = fileURLToPath(new URL('../../node_modules/.cache/parley/kustomize/', import.meta.url));
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** The oldest Debian whose kustomize is new enough. */
const release = 'trixie';

/** @type {Promise<Kustomize> | undefined} */
let provisioned;

/**
 * A kustomize 5: `kustomize` or `kubectl` where one is installed that is new enough (kubectl 1.27), else on Debian its
 * package, unpacked into node_modules/.cache. Nothing is installed, and no root is needed.
 * @returns {Promise<Kustomize>}
 * @throws {UserError} that says what to install, when there is none
 */
export function provisionKustomize() {
  return (provisioned ??= findKustomize(usualCache));
}

/**
 * What `provisionKustomize` does once.
 * @param {string} cache where Debian's package is unpacked
 * @returns {Promise<Kustomize>}
 */
export async function findKustomize(cache) {
  const cached = join(cache, 'usr/bin/kustomize');
  const candidates = [
    { name: 'kustomize', subcommand: 'build' },
    { name: 'kubectl', subcommand: 'kustomize' },
    { name: cached, subcommand: 'build' },
  ];
  for (const { name, subcommand } of candidates) {
    const command = await findExecutable([name]);
    if (command && (await isNewEnough(command, subcommand))) return { command, args: [subcommand] };
  }
  try {
    await unpackDebianPackage(cache);
  } catch (error) {
    throw new UserError(
      `There is no kustomize 5 here to render infra/k8s with, and Debian's could not be fetched: ${messageOf(error)}\n` +
        'Install kustomize 5 or newer, or kubectl 1.27 or newer.',
      { cause: error },
    );
  }
  return { command: cached, args: ['build'] };
}

/**
 * Whether it can render what the manifests are made of. Not by its version: Debian's kustomize knows none.
 * @param {string} command
 * @param {string} subcommand
 */
async function isNewEnough(command, subcommand) {
  const dir = await mkdtemp(join(tmpdir(), 'parley-kustomize-'));
  try {
    // Before version 5, the path of a patch could not hold several.
    const patch = ['one', 'two'].map((name) => `kind: ConfigMap\napiVersion: v1\nmetadata: { name: ${name} }\n`);
    const generator = '[{ name: one }, { name: two }]';
    const options = '{ disableNameSuffixHash: true }';
    const text = `configMapGenerator: ${generator}\ngeneratorOptions: ${options}\npatches: [{ path: patch.yaml }]\n`;
    await writeFile(join(dir, 'kustomization.yaml'), text);
    await writeFile(join(dir, 'patch.yaml'), patch.join('---\n'));
    return await succeeds(command, [subcommand, dir]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** With lists, sources and cache of its own, so that the machine's apt is as before. @param {string} cache */
async function unpackDebianPackage(cache) {
  const mirror = await debianMirror();
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, 'fetch-'));
  try {
    await mkdir(join(dir, 'lists/partial'), { recursive: true });
    await writeFile(join(dir, 'sources.list'), `deb [signed-by=${keyring}] ${mirror} ${release} main\n`);
    const settings = {
      'Dir::State::Lists': join(dir, 'lists'),
      'Dir::Cache': join(dir, 'cache'),
      'Dir::Etc::SourceList': join(dir, 'sources.list'),
      'Dir::Etc::SourceParts': '/dev/null',
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    await run('apt-get', ['update', '--error-on=any', ...options], { name: `apt-get update (${release})` });
    await run('apt-get', ['download', 'kustomize', ...options], { cwd: dir, name: 'apt-get download kustomize' });
    const [file = ''] = (await readdir(dir)).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['-x', file, 'unpacked'], { cwd: dir });
    // Another process may have been at it, too, and first.
    await rename(join(dir, 'unpacked/usr'), join(cache, 'usr')).catch((error) => {
      if (codeOf(error) !== 'ENOTEMPTY') throw error;
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Where this machine has its Debian packages from: known without their lists, which may not have been fetched yet. */
async function debianMirror() {
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const codename = /^ID=debian$/m.test(system) && /^VERSION_CODENAME=(.+)$/m.exec(system)?.[1];
  if (!codename) throw new UserError('this is no Debian.');
  const targets = ['indextargets', '--no-release-info', '--format', '$(RELEASE) $(COMPONENT) $(REPO_URI)'];
  const sources = (await run('apt-get', targets)).split('\n');
  const uri = sources.find((line) => line.startsWith(`${codename} main `))?.split(' ')[2];
  if (!uri) throw new UserError(`apt has no source for Debian ${codename}.`);
  return uri;
}
