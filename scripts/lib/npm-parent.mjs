// @ts-check
import { readFileSync } from 'node:fs';

const intervalMs = 500;

/**
 * Notices that the npm which runs us has ended. npm starts scripts through a shell; a signal that ends npm (`kill` with
 * its number, as process managers and test harnesses do) gets as far as that shell, which ends without passing it on.
 * @param {() => void} tell
 * @param {NodeJS.ProcessEnv} [env]
 */
export function onNpmGone(tell, env = process.env) {
  if (!env.npm_lifecycle_event) return;
  const lineage = lineageToNpm();
  const timer = setInterval(() => {
    if (lineageToNpm() === lineage) return;
    clearInterval(timer);
    tell();
  }, intervalMs);
  timer.unref();
}

/** Our parent, and where that is the shell in between, its parent: when one of them ends, this changes. */
function lineageToNpm() {
  const parent = process.ppid;
  const [, option] = read(`/proc/${parent}/cmdline`).split('\0');
  return option === '-c' ? `${parent} ${parentOf(parent)}` : String(parent);
}

/** @param {number} pid */
function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
