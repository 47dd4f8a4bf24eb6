import { DatabaseBusyError } from '#database';
import { HandlerTimeoutError } from './errors.js';

/**
 * Waits for `work`, but not for ever.
 *
 * @param work calls `begin` when the handler's turn has come. When it was given up before, `begin` throws: the event is
 *   somewhere else by then, and what it would do now it will do there. A handler that began may still end, and take effect
 * @throws HandlerTimeoutError when the handler took too long; DatabaseBusyError when it was not even its turn, which is no
 *   fault of the event: it is tried again for as long as it takes
 */
export async function withinHandlerTimeout(
  milliseconds: number,
  work: (begin: () => void) => Promise<unknown>,
): Promise<void> {
  const seconds = milliseconds / 1_000;
  let begun = false;
  let givenUp: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    if (givenUp) throw givenUp;
    begun = true;
  };
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      givenUp = begun
        ? new HandlerTimeoutError(`the handler did not end within ${seconds} s`)
        : new DatabaseBusyError(`the database had no turn for the event within ${seconds} s`);
      reject(givenUp);
    }, milliseconds);
  });
  try {
    await Promise.race([work(begin), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
