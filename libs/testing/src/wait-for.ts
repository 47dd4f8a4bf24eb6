import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Give up after this long, in milliseconds. */
  timeout?: number;
  /** What is waited for: said when it did not come. */
  what?: string;
}

/** What is left of `T` when it held. */
export type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

const PAUSE = 20;

/**
 * Waits until `condition` holds, looking again every few milliseconds.
 *
 * @param condition holds when it returns something truthy; it may throw (a failed `expect`, say) while it does not
 * @returns what the condition returned
 * @throws Error with what was waited for, and what the condition said last
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeout = 20_000, what = 'the condition' }: WaitOptions = {},
): Promise<Truthy<T>> {
  const deadline = Date.now() + timeout;
  let last: unknown = 'it did not hold';
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as Truthy<T>;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(`waited ${timeout} ms for ${what}; last: ${String(last)}`, { cause: last });
    await delay(PAUSE);
  }
}
