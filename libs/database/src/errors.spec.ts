import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { CommitUnknownError, DatabaseBusyError, isConflict, isDatabaseTrouble, UnitTimeoutError } from './errors.js';

const failed = (code: string) => new QueryFailedError('SELECT 1', [], Object.assign(new Error(code), { code }));
const withCode = (code: string | number) => Object.assign(new Error('x'), { code });

describe(isDatabaseTrouble.name, () => {
  it.each([
    new DatabaseBusyError('locked'),
    new CommitUnknownError('lost'),
    new QueryRunnerAlreadyReleasedError(),
    ...['SQLITE_FULL', 'SQLITE_BUSY_SNAPSHOT', '08006', '57P01', '53300', '53100', '40001', '25006', '28P01'].map(
      failed,
    ),
    ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', '57P03'].map(
      withCode,
    ),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated due to connection timeout'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Query read timeout'),
  ])('is %s', (error) => {
    expect(isDatabaseTrouble(error)).toBe(true);
  });

  it.each([
    ...['SQLITE_CONSTRAINT_UNIQUE', '23505', '22021', '42P01', '23502'].map(failed),
    ...['FST_ERR_BAD_URL', 404, 'ENOENT'].map(withCode),
    new UnitTimeoutError('slow'),
    new Error('no'),
    'a string',
    undefined,
    null,
  ])('is not %s', (error) => {
    expect(isDatabaseTrouble(error)).toBe(false);
  });
});

describe(isConflict.name, () => {
  it.each(['40001', '40P01', '55P03'])('is %s', (code) => expect(isConflict(failed(code))).toBe(true));
  it.each(['23505', '57P01'])('is not %s', (code) => expect(isConflict(failed(code))).toBe(false));
});
