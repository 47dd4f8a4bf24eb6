// @ts-check
import { chown, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { completeEnvFile } from './env-file.mjs';
import { codeOf } from './errors.mjs';

const file = fileURLToPath(new URL('../../.env', import.meta.url));
const help = `npm run env

Writes .env, which docker-compose.yml reads, from .env.example: with a random password in every empty place. What a .env
already holds stays as it is.`;

/**
 * The command `npm run env`.
 * @param {string[]} args
 */
export async function main(args) {
  if (args.length > 0) return say(help, args);
  const current = await readIfThere(file);
  const { content, added } = completeEnvFile(await readFile(`${file}.example`, 'utf8'), current);
  if (added.length === 0) return console.log('.env has all passwords already.');
  await writeFile(file, content, { mode: 0o600 });
  await giveToOwnerOfFolder(file);
  console.log(`${current === undefined ? 'Wrote .env' : 'Added to .env'}: ${added.join(', ')}.`);
}

/** @param {string} text @param {string[]} args */
function say(text, args) {
  const asked = args.every((arg) => ['-h', '--help'].includes(arg));
  if (!asked) process.exitCode = 2;
  (asked ? console.log : console.error)(text);
}

/** @param {string} path */
async function readIfThere(path) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** In a container this runs as root, and the person outside could not read the file. @param {string} path */
async function giveToOwnerOfFolder(path) {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  await chown(path, uid, gid);
}
