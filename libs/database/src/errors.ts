import { QueryRunnerAlreadyReleasedError } from 'typeorm';

/** The database could not take a write in time, because others kept it busy. Trying again may help. */
export class DatabaseBusyError extends Error {
  override readonly name = 'DatabaseBusyError';
}

/** A unit took longer than it may and was rolled back. */
export class UnitTimeoutError extends Error {
  override readonly name = 'UnitTimeoutError';
}

/**
 * The connection was lost while the database was committing: the unit took effect as a whole, or not at all, and nobody
 * knows which. It was not repeated. An event handler is safe to try again, because the inbox commits with it.
 */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError';
}

/** A write was attempted through a manager whose unit is over, or beside the unit that is running. */
export class StrayStatementError extends Error {
  override readonly name = 'StrayStatementError';
}

/** The code that the driver gave the error: SQLite's result such as `SQLITE_FULL`, an SQLSTATE, or one of Node's. */
const codeOf = (error: unknown): string => {
  const { code, driverError } = (error ?? {}) as { code?: string | number; driverError?: { code?: string } };
  return String(driverError?.code ?? code ?? '');
};

/** Whether another process has the SQLite file locked. */
export const isLocked = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_BUSY');

/** Whether PostgreSQL refused what it could not order with what ran beside it: the same again may succeed. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01', '55P03'].includes(codeOf(error));

export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505';

/** Whether an earlier statement broke the transaction, and PostgreSQL ignored this one. */
export const isAfterFailure = (error: unknown): boolean => codeOf(error) === '25P02';

/** Whether the server is one that does not write: a standby, or a primary that was demoted. */
export const isReadOnly = (error: unknown): boolean => codeOf(error) === '25006';

/** Whether no connection of the pool became free in time. */
export const isPoolExhausted = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect';

/** What `pg` says without a code when it has no connection, or no longer. */
const noConnection =
  /^(Connection terminated|Connection ended|Query read timeout|timeout expired|Client has encountered a connection error|Client was closed)/;

/** Whether the connection to PostgreSQL was lost or could not be made. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof QueryRunnerAlreadyReleasedError ||
  /^(08|57P0|40003$|E(CONN|PIPE$|TIMEDOUT$|HOST|NET|NOTFOUND$|AI_))/.test(codeOf(error)) ||
  (error instanceof Error && noConnection.test(error.message));

/** Whether the server takes no more connections, or has no memory or disk left. */
export const isOverloaded = (error: unknown): boolean => /^53\w{3}$/.test(codeOf(error));

/** Whether there was too much to do for the database to take this in time, of which nothing was done. */
export const isDatabaseBusy = (error: unknown): boolean =>
  error instanceof DatabaseBusyError || isPoolExhausted(error) || codeOf(error) === '53300';

/** SQLite's results and PostgreSQL's classes (access refused, resources, conflicts, timeouts, standby, I/O). */
const troubles =
  /^(SQLITE_(BUSY|LOCKED|FULL|IOERR|NOMEM|READONLY|CANTOPEN|CORRUPT|NOTADB)|(28|3D|53|58)\w{3}$|40001$|40P01$|55P03$|57014$|25006$|XX00[12]$)/;

/** Whether the database itself cannot be used now (away, locked, disk full, I/O error), whatever is done with it. */
export const isDatabaseTrouble = (error: unknown): boolean =>
  error instanceof DatabaseBusyError ||
  error instanceof CommitUnknownError ||
  isConnectionLost(error) ||
  isPoolExhausted(error) ||
  troubles.test(codeOf(error));
