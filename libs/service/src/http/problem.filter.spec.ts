import { BadRequestException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { CommitUnknownError, DatabaseBusyError, StrayStatementError, UnitTimeoutError } from '#database';
import { ProblemException } from './problem.exception.js';
import { toProblemException } from './problem.filter.js';

const request = { method: 'GET', url: '/posts?secret=1', headers: {} } as FastifyRequest;

describe(toProblemException.name, () => {
  it.each([
    new UnitTimeoutError('slow'),
    Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), { code: 'ECONNREFUSED' }),
    new Error('Connection terminated unexpectedly'),
    Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' }),
  ])('asks to try again after a %s', (error) => {
    const problem = toProblemException(error, request);
    expect(problem.getStatus()).toBe(503);
    expect(problem).toMatchObject({ code: 'service-unavailable', extras: { retryAfter: 1 } });
  });

  it.each([
    new DatabaseBusyError('locked'),
    new Error('timeout exceeded when trying to connect'),
    Object.assign(new Error('sorry, too many clients already'), { code: '53300' }),
  ])('calls it overload when the database is busy: %s', (error) => {
    const problem = toProblemException(error, request);
    expect([problem.code, problem.getStatus()]).toEqual(['overloaded', 503]);
    expect([1, 2, 3]).toContain(problem.extras.retryAfter);
  });

  it('does not ask to try again when the write may have taken effect', () => {
    const problem = toProblemException(new CommitUnknownError('lost'), request);
    expect(problem.getStatus()).toBe(503);
    expect(problem.extras.retryAfter).toBeUndefined();
    expect(problem.detail).toMatch(/Look whether it did/);
  });

  it('leaves our own problems as they are', () => {
    const problem = new ProblemException('conflict', 'It is judged already.');
    expect(toProblemException(problem, request)).toBe(problem);
  });

  it.each([
    [new NotFoundException('Cannot GET /posts?secret=1'), 'unknown-path', 'GET /posts is not served here.'],
    [new BadRequestException('what is wrong'), 'bad-request', 'what is wrong'],
    [new ServiceUnavailableException('not now'), 'service-unavailable', 'not now'],
    [{ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }, 'unsupported-media-type', 'Send the body as application/json.'],
  ])('makes of %s what it is', (exception, code, detail) => {
    expect(toProblemException(exception, request)).toMatchObject({ code, detail });
  });

  it.each([
    new StrayStatementError('INSERT INTO secrets'),
    new Error('secret'),
    'secret',
    null,
    undefined,
    { secret: 1 },
  ])('tells nothing of %s', (exception) => {
    const problem = toProblemException(exception, request);
    expect(problem).toMatchObject({ code: 'internal-error' });
    expect(problem.detail).not.toMatch(/secret/);
  });
});
