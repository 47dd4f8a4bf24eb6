import { sqliteFileOf } from '#database';
import type { LeftOutEvent } from '#messaging';
import type { ServiceEnv } from '#service';
import { compare, type Comparison, isEqual } from './comparison.js';
import { type Position, ReadModelFile } from './read-model-file.js';
import { RebuildError, TooSlowError } from './rebuild-error.js';
import { replaceRows } from './replace.js';
import { previousOf, scratchOf, withScratch } from './scratch.js';
import { type ReplayProgress, SecondReadModel } from './second-read-model.js';

/** How many events may be left to read before the running read model is looked at, or locked. */
const NEAR = 200;
/** How often to read up to where the running read model is by then. */
const ROUNDS = 20;
/** How long the running read model may be locked while the last events are read, in milliseconds. */
const LOCKED_AT_MOST = 2_000;
/** How often the swap is tried. */
const ATTEMPTS = 5;

export interface RebuildOptions {
  /** Of the query whose read model it is: DATABASE_URL and RABBITMQ_URL. */
  env: ServiceEnv;
  /** A snapshot to begin with, in place of the beginning of the event log. */
  from?: string | undefined;
  /** Is told often how far the event log was read. */
  onProgress?: (progress: ReplayProgress) => void;
}

export interface CheckOutcome extends Comparison {
  equal: boolean;
  /** The events that the rebuilt read model could not apply. */
  leftOut: readonly LeftOutEvent[];
}

export interface SwapOutcome {
  /** Where both stood at the swap. */
  position: Position;
  /** For how long nothing could be projected, in milliseconds. */
  heldUpFor: number;
  /** The file that keeps the read model of before. */
  previous: string;
}

/**
 * Builds a second read model from the event log and compares it with the running one, row by row, both at the same event.
 * Changes nothing; query may run or not.
 *
 * @throws RebuildError when they cannot be compared
 */
export const checkReadModel = (options: RebuildOptions): Promise<CheckOutcome> =>
  withSecond(options, options.from, (running, second) => check(running, second));

/**
 * The same, and puts the rebuilt one in the place of the running one while requests are served.
 *
 * @param options.accept whether to do so although they differ
 * @returns the comparison, and the swap if there was one
 * @throws RebuildError when it cannot be done; then nothing was changed
 */
export const rebuildReadModel = (
  options: RebuildOptions & { accept?: boolean },
): Promise<CheckOutcome & { swap?: SwapOutcome }> =>
  withSecond(options, options.from, async (running, second) => {
    const outcome = await check(running, second);
    return outcome.equal || options.accept ? { ...outcome, swap: await swap(running, second) } : outcome;
  });

/**
 * Puts the read model of before the last swap back in its place, with all that happened since. What it replaces is kept in
 * its stead: a second rollback undoes the first.
 *
 * @throws RebuildError when there is none, or the event log no longer holds where it stands
 */
export function rollBackReadModel(options: RebuildOptions): Promise<SwapOutcome> {
  const previous = previousOf(sqliteFileOf(options.env.DATABASE_URL));
  return withSecond(options, previous, swap);
}

async function withSecond<T>(
  { env, onProgress = () => undefined }: RebuildOptions,
  base: string | undefined,
  work: (running: ReadModelFile, second: SecondReadModel) => Promise<T>,
): Promise<T> {
  const file = sqliteFileOf(env.DATABASE_URL);
  const running = ReadModelFile.open(file, { readonly: false });
  try {
    if (base) checkBase(base, running.position());
    return await withScratch(file, base, async () => {
      const second = await SecondReadModel.open(scratchOf(file), env, running.position(), onProgress);
      try {
        return await work(running, second);
      } finally {
        await second.close();
      }
    });
  } finally {
    running.close();
  }
}

/** @throws RebuildError when it is no read model, or is ahead of the running one */
function checkBase(file: string, running: Position): void {
  const base = ReadModelFile.open(file);
  const { offset } = base.position();
  base.close();
  if (offset > running.offset)
    throw new RebuildError(
      `${file} is ahead of the running read model: it stands at offset ${offset}, not ${running.offset}`,
    );
}

async function check(running: ReadModelFile, second: SecondReadModel): Promise<CheckOutcome> {
  await comeNear(running, second);
  // Not before: as long as a snapshot lasts, the write-ahead log of the running file grows.
  return running.inSnapshot(async () => {
    await second.readTo(running.position());
    const rebuilt = ReadModelFile.open(second.file);
    try {
      const comparison = await compare(running, rebuilt);
      return { ...comparison, equal: isEqual(comparison), leftOut: second.leftOut };
    } finally {
      rebuilt.close();
    }
  });
}

async function swap(running: ReadModelFile, second: SecondReadModel): Promise<SwapOutcome> {
  const previous = previousOf(running.file);
  await comeNear(running, second);
  await running.copyTo(previous);
  for (let attempt = 1; ; attempt++) {
    await comeNear(running, second);
    try {
      const reach = (position: Position) => second.readTo(position, LOCKED_AT_MOST);
      const heldUpFor = await replaceRows(running, second.file, reach);
      return { position: running.position(), heldUpFor, previous };
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof TooSlowError)) throw error;
    }
  }
}

/** Reads until only a few events are left; where they come as fast as they are read, as far as that brings it. */
async function comeNear(running: ReadModelFile, second: SecondReadModel): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    const position = running.position();
    const behind = position.offset - second.offset;
    await second.readTo(position);
    if (behind <= NEAR) return;
  }
}
