// @ts-check
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeProcess, endProcess, stillRuns } from './processes.mjs';

/** @import { RunningProcess } from './processes.mjs' */
/** @typedef {{ label: string, port?: number } & RunningProcess} RecordedProcess */
/** @typedef {{ launcher: RunningProcess, processes: RecordedProcess[] }} RunningSystem */

/** @param {string} dataDir */
function fileIn(dataDir) {
  return join(dataDir, 'running.json');
}

/** Notes which processes run, so that a later start can tell what an earlier one has left behind. */
export class RunningRecord {
  #last = Promise.resolve();

  /** @param {string} dataDir */
  constructor(dataDir) {
    this.dataDir = dataDir;
  }

  /**
   * Writes are made one after the other, so that the last one called is the one that stays.
   * @param {{ label: string, pid: number | undefined, port?: number }[]} processes
   */
  update(processes) {
    this.#last = this.#last.then(() => recordRunning(this.dataDir, processes)).catch(() => {});
  }

  /** Resolves once everything is written. */
  settled() {
    return this.#last;
  }
}

/**
 * @param {string} dataDir
 * @param {{ label: string, pid: number | undefined, port?: number }[]} processes
 */
async function recordRunning(dataDir, processes) {
  const launcher = await describeProcess(process.pid);
  if (!launcher) return;
  const running = await Promise.all(
    processes.map(async ({ label, pid, port }) => {
      const described = pid === undefined ? undefined : await describeProcess(pid);
      return described && { label, port, ...described };
    }),
  );
  const content = { launcher, processes: running.filter((each) => each !== undefined) };
  const draft = `${fileIn(dataDir)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(content, undefined, 2)}\n`);
  await rename(draft, fileIn(dataDir));
}

/** @param {string} dataDir */
export async function forgetRunning(dataDir) {
  await rm(fileIn(dataDir), { force: true });
}

/**
 * What the last start noted and still runs: the start itself, and its processes. The times they were started at make
 * sure that they are those and not others that were given their numbers since.
 * @param {string} dataDir
 * @returns {Promise<{ launcher: RunningProcess | undefined, processes: RecordedProcess[] }>}
 */
export async function findRunning(dataDir) {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return { launcher: undefined, processes: [] };
  const { launcher, processes } = parse(text);
  const alive = await Promise.all(processes.map(stillRuns));
  return {
    launcher: launcher && (await stillRuns(launcher)) ? launcher : undefined,
    processes: processes.filter((_, index) => alive[index]),
  };
}

/** @param {RecordedProcess[]} processes */
export async function endRunning(processes) {
  await Promise.all(processes.map((each) => endProcess(each)));
}

/** @param {string} text @returns {Partial<RunningSystem> & { processes: RecordedProcess[] }} */
function parse(text) {
  try {
    return { processes: [], ...JSON.parse(text) };
  } catch {
    return { processes: [] };
  }
}
