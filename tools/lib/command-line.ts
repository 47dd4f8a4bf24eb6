import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What the user has to change. */
export class UsageError extends Error {}

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the arguments of a command that takes options only.
 *
 * @throws UsageError that names the one that is wrong
 */
export function parseOptions<T extends Options>(args: string[], options: T) {
  return orUsageError(() => parseArgs({ args, options, allowPositionals: false }).values);
}

/**
 * Reads the arguments of a command that takes words as well.
 *
 * @throws UsageError that names the one that is wrong
 */
export function parseWords<T extends Options>(args: string[], options: T) {
  return orUsageError(() => parseArgs({ args, options, allowPositionals: true }));
}

function orUsageError<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}; see --help`);
  }
}

/**
 * What a command says of an error: one line for mistakes of the user and states of the world; anything else is a bug and
 * shows where it is.
 *
 * @param expected further classes of errors whose message says all
 */
export function explain(error: unknown, ...expected: (new (message: string) => Error)[]): string {
  if (!(error instanceof Error)) return String(error);
  const known = [UsageError, ...expected].some((kind) => error instanceof kind);
  return known || 'code' in error ? error.message || String((error as { code?: unknown }).code) : `${error.stack}`;
}
