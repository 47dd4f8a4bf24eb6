import { describe, expect, it } from 'vitest';
import { errorFromAnswer, errorFromFetch, isRefusal, messageOf, RequestError, toFormErrors } from './problem';

const problem = {
  type: 'urn:parley:problem:validation-failed',
  title: 'The request does not fit its schema',
  status: 400,
  detail: 'Two fields are wrong',
};

describe('errorFromAnswer', () => {
  it('takes its message and its errors from a problem', () => {
    const errors = [{ in: 'body', pointer: '/title', detail: 'Too long' }];
    expect(errorFromAnswer(400, { ...problem, errors })).toMatchObject({
      status: 400,
      message: 'Two fields are wrong',
      errors,
    });
  });

  it('falls back to the title of a problem without a detail', () => {
    expect(errorFromAnswer(400, { ...problem, detail: '' }).message).toBe(problem.title);
  });

  it.each([[undefined], [null], ['<h1>Bad gateway</h1>'], [{ error: 'x' }], [{ ...problem, errors: 'x' }]])(
    'speaks for itself when the answer is no problem: %j',
    (body) => {
      expect(errorFromAnswer(502, body)).toMatchObject({ status: 502, errors: [] });
      expect(errorFromAnswer(502, body).message).toContain('502');
    },
  );
});

describe('errorFromFetch', () => {
  it('tells a slow server from one that is not there', () => {
    expect(errorFromFetch(new DOMException('', 'TimeoutError')).message).toContain('too long');
    expect(errorFromFetch(new TypeError('Failed to fetch')).message).toContain('cannot be reached');
  });
});

const refused = (...errors: RequestError['errors']): RequestError => new RequestError('Refused', 400, errors);

describe('toFormErrors', () => {
  it('puts errors at the fields they point to, the first one of each', () => {
    const error = refused(
      { in: 'body', pointer: '/title', detail: 'Too long' },
      { in: 'body', pointer: '/title', detail: 'Too loud' },
    );
    expect(toFormErrors(error, ['title', 'body'])).toEqual({ fields: { title: 'Too long' } });
  });

  it('tells the others at the form', () => {
    const error = refused(
      { in: 'body', pointer: '/title', detail: 'Too long.' },
      { in: 'body', pointer: '', detail: 'Not an object.' },
      { in: 'path', pointer: '/title', detail: 'Not an id.' },
    );
    expect(toFormErrors(error, ['title'])).toEqual({
      fields: { title: 'Too long.' },
      form: 'Not an object. Not an id.',
    });
  });

  it('tells a failure without errors at the form', () => {
    expect(toFormErrors(refused(), ['title'])).toEqual({ fields: {}, form: 'Refused' });
    expect(toFormErrors(new Error('internal'), ['title'])).toEqual({ fields: {}, form: messageOf(undefined) });
  });
});

describe('isRefusal', () => {
  it('is what the client has to answer for', () => {
    expect(isRefusal(new RequestError('', 404))).toBe(true);
    expect(isRefusal(new RequestError('', 503))).toBe(false);
    expect(isRefusal(new RequestError('', null))).toBe(false);
    expect(isRefusal(new Error())).toBe(false);
  });
});
