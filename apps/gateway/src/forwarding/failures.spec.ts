import { errorCodes } from 'fastify';
import { describe, expect, it } from 'vitest';
import { overloaded, ProblemException } from '#service';
import { type Failure, isConnectionFailure, isNoOverload, problemOf, RefusedError } from './failures.js';

const failure = (code: string, sent: boolean): Failure => ({ error: Object.assign(new Error(code), { code }), sent });

describe(problemOf.name, () => {
  it.each([
    ['a request that was not sent', 'ECONNREFUSED', false, false, 'service-unavailable'],
    ['a read that broke off', 'UND_ERR_SOCKET', true, true, 'service-unavailable'],
    ['a write that broke off', 'UND_ERR_SOCKET', true, false, 'bad-gateway'],
    ['an answer that did not come', 'UND_ERR_HEADERS_TIMEOUT', true, true, 'gateway-timeout'],
    ['what cannot be sent', 'UND_ERR_INVALID_ARG', false, false, 'bad-request'],
  ])('tells of %s', (_what, code, sent, repeatable, problem) => {
    const error = problemOf(failure(code, sent), 'posts', repeatable);
    expect(error).toBeInstanceOf(ProblemException);
    expect(error).toMatchObject({ code: problem });
  });

  it('names the service and says when to try again', () => {
    expect(problemOf(failure('ECONNRESET', false), 'query', true)).toMatchObject({
      detail: 'The query service cannot be reached now; try again in a moment.',
      extras: { retryAfter: 1 },
    });
  });

  it('does not ask to repeat what may have been done', () => {
    const { message } = problemOf(failure('UND_ERR_HEADERS_TIMEOUT', true), 'posts', false);
    expect(message).toBe('The posts service took too long. Look whether it did what was asked before you try again.');
  });

  it('leaves overload as it is', () => {
    const error = overloaded('too much');
    expect(problemOf({ error, sent: false }, 'posts', false)).toBe(error);
  });

  it('leaves a body that is too large to the problem filter', () => {
    const error = new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    expect(problemOf({ error, sent: true }, 'posts', false)).toBe(error);
  });
});

describe(isNoOverload.name, () => {
  it.each([
    [{ type: 'urn:parley:problem:service-unavailable' }, true],
    [{ type: 'urn:parley:problem:overloaded' }, false],
    [{ message: 'not one of ours' }, false],
    [undefined, false],
  ])('tells of %j: %s', (body, expected) => {
    expect(isNoOverload(JSON.stringify(body) ?? '')).toBe(expected);
  });
});

describe(isConnectionFailure.name, () => {
  it.each([overloaded('too much'), new RefusedError()])('is none that the instance answered: %s', (error) => {
    expect(isConnectionFailure({ error, sent: true })).toBe(false);
  });

  it.each([
    ['ECONNREFUSED', true],
    ['ECONNRESET', true],
    ['UND_ERR_CONNECT_TIMEOUT', true],
    ['UND_ERR_SOCKET', true],
    ['UND_ERR_CLOSED', true],
    ['UND_ERR_HEADERS_TIMEOUT', false],
    ['UND_ERR_INVALID_ARG', false],
    ['FST_ERR_CTP_BODY_TOO_LARGE', false],
  ])('tells whether %s is one: %s', (code, expected) => {
    expect(isConnectionFailure(failure(code, true))).toBe(expected);
  });
});
