/** The database could not take a write in time, because another process kept it locked. Trying again may help. */
export class DatabaseBusyError extends Error {
  override readonly name = 'DatabaseBusyError';
}

/** A unit took longer than it may and was rolled back. */
export class UnitTimeoutError extends Error {
  override readonly name = 'UnitTimeoutError';
}

/** A write was attempted through a manager whose unit is over, or beside the unit that is running. */
export class StrayStatementError extends Error {
  override readonly name = 'StrayStatementError';
}

/** The code of SQLite's result, such as `SQLITE_FULL`, where the error is one. */
const resultCode = (error: unknown): string =>
  String((error as { driverError?: { code?: unknown } } | undefined)?.driverError?.code);

/** Whether another process has the database locked. */
export const isBusy = (error: unknown): boolean => resultCode(error).startsWith('SQLITE_BUSY');

/** Whether the database itself cannot be used now (locked, disk full, I/O error), whatever is done with it. */
export const isDatabaseTrouble = (error: unknown): boolean =>
  error instanceof DatabaseBusyError ||
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|NOMEM|READONLY|CANTOPEN|CORRUPT|NOTADB)/.test(resultCode(error));
