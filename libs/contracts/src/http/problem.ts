import { z } from 'zod';

/** Every problem that Parley answers: its code, HTTP status and title. The code ends the problem's `type`. */
export const problems = {
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  'validation-failed': { status: 400, title: 'The request does not fit its schema' },
  'invalid-json': { status: 400, title: 'The body is not valid JSON' },
  forbidden: { status: 403, title: 'This is not allowed' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'unknown-path': { status: 404, title: 'There is nothing at this path' },
  conflict: { status: 409, title: 'The thing is not in a state for this' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of a media type that is not taken' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  'bad-gateway': { status: 502, title: 'The service behind the gateway broke off its answer' },
  'service-unavailable': { status: 503, title: 'The service cannot answer now' },
  overloaded: { status: 503, title: 'There is more to do now than can be done' },
  'read-model-behind': { status: 503, title: 'The read model has not seen that write yet' },
  'gateway-timeout': { status: 504, title: 'The service behind the gateway took too long' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** What went wrong at one place of the input; `pointer` is a JSON Pointer (RFC 6901) into `in`. */
export const ProblemError = z.object({
  in: z.enum(['body', 'query', 'path']),
  pointer: z.string(),
  detail: z.string(),
});
export type ProblemError = z.infer<typeof ProblemError>;

/** RFC 9457 problem details, media type `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(ProblemError).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** The `type` of a problem: `urn:parley:problem:` and its code. */
export const problemType = (code: ProblemCode): string => `urn:parley:problem:${code}`;
