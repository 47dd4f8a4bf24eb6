// @ts-check
import { readFile } from 'node:fs/promises';
import { excerpt, UserError } from './errors.mjs';
import { waitFor } from './wait-for.mjs';

/** @import { ChildProcess } from 'node:child_process' */

/**
 * How a server is run.
 * @typedef {object} PostgresRecipe
 * @property {string} url
 * @property {string} logFile
 * @property {() => ChildProcess} spawn starts it; the child lives as long as the server does
 * @property {(child: ChildProcess) => Promise<boolean>} isUp whether that child accepts connections
 * @property {(child: ChildProcess) => Promise<void>} kill ends it with everything it started, at once
 * @property {() => Promise<void>} cleanUp removes what outlives a server that was killed
 * @property {() => Promise<void>} discard deletes what it keeps
 */

/**
 * A PostgreSQL server of our own.
 * @typedef {object} Postgres
 * @property {string} url of its superuser, on the database `postgres`
 * @property {string} logFile
 * @property {number | undefined} pid undefined while it is down
 * @property {(signal?: AbortSignal) => Promise<void>} start starts it again after `stop`, `kill` or its death: same
 *   port, same data
 * @property {() => Promise<void>} stop shuts it down properly: sessions are ended, what is committed is written
 * @property {() => Promise<void>} kill ends it with SIGKILL, as a crash would
 * @property {() => Promise<void>} restart
 * @property {(options?: { force?: boolean, discard?: boolean }) => Promise<void>} close stops it for good; `force`: at
 *   once; `discard`: deletes its data too
 */

const bootDeadlineMs = 60_000;
const stopDeadlineMs = 20_000;

/**
 * @param {PostgresRecipe} recipe
 * @returns {Postgres}
 */
export function createPostgres(recipe) {
  /** @type {ChildProcess | undefined} */
  let running;

  /** @param {AbortSignal} [signal] */
  async function start(signal) {
    if (running) return;
    const child = recipe.spawn();
    running = child;
    const forget = () => void (running = undefined);
    child.once('error', forget).once('exit', forget);
    const isUp = async () => !running || (await recipe.isUp(child));
    if (!(await waitFor(isUp, { timeoutMs: bootDeadlineMs, everyMs: 25, signal })) || !running) throw await failure();
  }

  /** @param {NodeJS.Signals} signal SIGINT ends the sessions first, SIGQUIT does not */
  async function end(signal) {
    running?.kill(signal);
    if (!(await waitFor(() => !running, { timeoutMs: stopDeadlineMs, everyMs: 25 }))) await kill();
  }

  const stop = () => end('SIGINT');

  async function kill() {
    if (!running) return;
    await recipe.kill(running);
    await waitFor(() => !running, { timeoutMs: stopDeadlineMs });
  }

  async function failure() {
    const output = excerpt(await readFile(recipe.logFile, 'utf8').catch(() => ''), { first: 0, last: 20 });
    return new UserError(`PostgreSQL did not start. Its log: ${recipe.logFile}`, { output });
  }

  return {
    url: recipe.url,
    logFile: recipe.logFile,
    get pid() {
      return running?.pid;
    },
    start,
    stop,
    kill,
    restart: async () => (await stop(), await start()),
    async close({ force = false, discard = false } = {}) {
      await end(force ? 'SIGQUIT' : 'SIGINT');
      await recipe.cleanUp();
      if (discard) await recipe.discard();
    },
  };
}
