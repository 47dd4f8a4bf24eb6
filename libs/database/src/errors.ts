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
