// @ts-check
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeProcess, endProcess, stillRuns } from './processes.mjs';

/** @import { DatabaseUrls } from './database-urls.mjs' */
/** @import { RunningProcess } from './processes.mjs' */
/** @typedef {{ label: string, port?: number } & RunningProcess} RecordedProcess */

/**
 * What a further copy needs to know of a running system.
 * @typedef {object} JoinableSystem
 * @property {string} rabbitmqUrl
 * @property {string} host the address it listens on
 * @property {DatabaseUrls} databaseUrls
 * @property {Record<string, string>} settings environment variables that are the same for all its processes
 */

/**
 * @typedef {object} Running
 * @property {RunningProcess | undefined} launcher
 * @property {RecordedProcess[]} processes
 * @property {JoinableSystem} [system]
 * @property {boolean} [stopping] whether the launcher is about to end everything
 */

/** @param {string} dataDir */
function fileIn(dataDir) {
  return join(dataDir, 'running.json');
}

/**
 * Notes what runs: so that a later start can tell what an earlier one has left behind, and a further copy can join.
 */
export class RunningRecord {
  #last = Promise.resolve();
  /** @type {{ label: string, pid: number | undefined, port?: number }[]} */
  #processes = [];
  #stopping = false;

  /**
   * @param {string} dataDir
   * @param {JoinableSystem} [system]
   */
  constructor(dataDir, system) {
    this.dataDir = dataDir;
    this.system = system;
  }

  /**
   * Writes are made one after the other, so that the last one called is the one that stays.
   * @param {{ label: string, pid: number | undefined, port?: number }[]} processes
   */
  update(processes) {
    this.#processes = processes;
    this.#write();
  }

  /** Notes that everything is about to end. */
  stopping() {
    this.#stopping = true;
    this.#write();
  }

  /** Resolves once everything is written. */
  settled() {
    return this.#last;
  }

  #write() {
    const [processes, rest] = [this.#processes, { system: this.system, stopping: this.#stopping }];
    this.#last = this.#last.then(() => recordRunning(this.dataDir, processes, rest)).catch(() => {});
  }
}

/**
 * @param {string} dataDir
 * @param {{ label: string, pid: number | undefined, port?: number }[]} processes
 * @param {Pick<Running, 'system' | 'stopping'>} rest
 */
async function recordRunning(dataDir, processes, rest) {
  const launcher = await describeProcess(process.pid);
  if (!launcher) return;
  const running = await Promise.all(
    processes.map(async ({ label, pid, port }) => {
      const described = pid === undefined ? undefined : await describeProcess(pid);
      return described && { label, port, ...described };
    }),
  );
  const content = { launcher, processes: running.filter((each) => each !== undefined), ...rest };
  const draft = `${fileIn(dataDir)}.${process.pid}`;
  // There are passwords in its URLs.
  await writeFile(draft, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
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
 * @returns {Promise<Running>}
 */
export async function findRunning(dataDir) {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return { launcher: undefined, processes: [] };
  const { launcher, processes, ...rest } = parse(text);
  const alive = await Promise.all(processes.map(stillRuns));
  return {
    launcher: launcher && (await stillRuns(launcher)) ? launcher : undefined,
    processes: processes.filter((_, index) => alive[index]),
    ...rest,
  };
}

/** @param {RecordedProcess[]} processes */
export async function endRunning(processes) {
  await Promise.all(processes.map((each) => endProcess(each)));
}

/** @param {string} text @returns {Partial<Running> & { processes: RecordedProcess[] }} */
function parse(text) {
  try {
    return { processes: [], ...JSON.parse(text) };
  } catch {
    return { processes: [] };
  }
}
