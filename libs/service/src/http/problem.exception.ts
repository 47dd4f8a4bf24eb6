import { HttpException } from '@nestjs/common';
import { problems, type ProblemCode, type ProblemError } from '#contracts';

export interface ProblemExtras {
  errors?: ProblemError[];
  /** When to try again, in seconds: answered as `Retry-After`. */
  retryAfter?: number;
}

/** An HTTP error that is answered as `application/problem+json` (RFC 9457). */
export class ProblemException extends HttpException {
  /**
   * @param code which of Parley's problems it is
   * @param detail a sentence that says what to change
   */
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail, problems[code].status);
  }
}
