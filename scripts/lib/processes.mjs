// @ts-check
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { codeOf } from './errors.mjs';
import { waitFor } from './wait-for.mjs';

const execute = promisify(execFile);

/**
 * A process that runs now. `startedAt` tells it from a later process that was given the same number.
 * @typedef {{ pid: number, startedAt: string, command: string }} RunningProcess
 */

/**
 * What runs under a process number, or nothing when it has ended. A process that has ended but was not collected by its
 * parent yet (a zombie) has ended.
 * @param {number} pid
 * @returns {Promise<RunningProcess | undefined>}
 */
export async function describeProcess(pid) {
  return process.platform === 'linux' ? describeFromProc(pid) : describeFromPs(pid);
}

/**
 * Whether that very process still runs.
 * @param {RunningProcess} process
 */
export async function stillRuns({ pid, startedAt }) {
  return (await describeProcess(pid))?.startedAt === startedAt;
}

/**
 * The processes that a process has started itself, by their numbers.
 * @param {number} pid
 * @returns {Promise<number[]>}
 */
export async function childrenOf(pid) {
  if (process.platform === 'linux') return numbers(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'));
  const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid=']);
  const rows = stdout.trim().split('\n').map(numbers);
  return rows.filter(([, parent]) => parent === pid).flatMap(([child]) => child ?? []);
}

/** @param {string} text */
function numbers(text) {
  return text.split(/\s+/).filter(Boolean).map(Number);
}

/**
 * Ends a process and everything in its group: politely first, by force when it has not ended by the deadline.
 * @param {RunningProcess} target
 * @param {number} [deadlineMs]
 */
export async function endProcess(target, deadlineMs = 15_000) {
  signalGroup(target.pid, 'SIGTERM');
  if (await waitFor(async () => !(await stillRuns(target)), { timeoutMs: deadlineMs })) return;
  signalGroup(target.pid, 'SIGKILL');
  await waitFor(async () => !(await stillRuns(target)), { timeoutMs: 5000 });
}

/**
 * Sends a signal to the group a process leads, or to the process alone when it leads none.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  if (!send(-pid, signal)) send(pid, signal);
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ESRCH' || codeOf(error) === 'EPERM') return false;
    throw error;
  }
}

/** @param {number} pid @returns {Promise<RunningProcess | undefined>} */
async function describeFromProc(pid) {
  try {
    const [stat, commandLine, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    ]);
    // The second field is the program's name in parentheses and may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startedAfterBoot] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X') return undefined;
    return { pid, startedAt: `${boot.trim()}/${startedAfterBoot}`, command: readable(commandLine) };
  } catch {
    return undefined;
  }
}

/** @param {string} commandLine */
function readable(commandLine) {
  return commandLine.replaceAll('\0', ' ').trim();
}

/** @param {number} pid @returns {Promise<RunningProcess | undefined>} */
async function describeFromPs(pid) {
  const ps = await execute('ps', ['-o', 'stat=,lstart=,command=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  }).catch(() => undefined);
  const match = /^(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(ps?.stdout.trim() ?? '');
  const [, state, startedAt, command] = match ?? [];
  if (!state || !startedAt || state.startsWith('Z')) return undefined;
  return { pid, startedAt, command: command ?? '' };
}
