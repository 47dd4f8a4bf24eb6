import type { Problem, ProblemError } from '#contracts';

/** A request that did not succeed. Its message is fit to be shown. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    message: string,
    /** The HTTP status, or null when there was no answer at all. */
    readonly status: number | null,
    readonly errors: readonly ProblemError[] = [],
  ) {
    super(message);
  }
}

/** Turns an answer that tells of a failure into an error; `body` is its parsed JSON, if it had any. */
export function errorFromAnswer(status: number, body: unknown): RequestError {
  // A proxy in between may answer with a page of its own, so a problem is not taken for granted.
  if (!isProblem(body)) return new RequestError(`The server answered with an error (${status}). Try again.`, status);
  return new RequestError(body.detail || body.title, status, body.errors);
}

/** Turns what `fetch` threw into an error that can be shown. */
export function errorFromFetch(cause: unknown): RequestError {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return new RequestError('The server took too long to answer. Try again.', null);
  }
  return new RequestError('The server cannot be reached. Check your connection and try again.', null);
}

/** What to tell the user about any failure. */
export function messageOf(error: unknown): string {
  return error instanceof RequestError ? error.message : 'Something went wrong. Try again.';
}

/** Whether the server understood the request and will not do it, however often it is asked. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RequestError && error.status !== null && error.status < 500;
}

/** Errors of a form: at its fields, and those that belong to none of them. */
export interface FormErrors {
  fields: Readonly<Record<string, string>>;
  form?: string;
}

/** Sorts a failure's errors to the fields of a form by their JSON Pointers; the rest is told at the form. */
export function toFormErrors(error: unknown, fieldNames: readonly string[]): FormErrors {
  const fields: Record<string, string> = {};
  const others: string[] = [];
  for (const { in: where, pointer, detail } of error instanceof RequestError ? error.errors : []) {
    const name = where === 'body' ? fieldNames.find((field) => pointer === `/${field}`) : undefined;
    if (name === undefined) others.push(detail);
    else fields[name] ??= detail;
  }
  if (others.length > 0) return { fields, form: others.join(' ') };
  return Object.keys(fields).length > 0 ? { fields } : { fields, form: messageOf(error) };
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  const { title, detail, errors } = body as Record<string, unknown>;
  return typeof title === 'string' && typeof detail === 'string' && (errors === undefined || Array.isArray(errors));
}
