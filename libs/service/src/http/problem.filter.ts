import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, throwError } from 'rxjs';
import { type Problem, type ProblemCode, problems, problemType } from '#contracts';
import { CommitUnknownError, isDatabaseBusy, isDatabaseTrouble, UnitTimeoutError } from '#database';
import { overloaded } from './overloaded.js';
import { ProblemException } from './problem.exception.js';
import { publicPath } from './public-path.js';

/** Under overload, or behind the log, there would be more to log than of anything else: who refuses says so now and then. */
const sayingSoThemselves: ProblemCode[] = ['overloaded', 'read-model-behind'];

/** Answers every error as problem+json, those of Fastify and Nest too. Event handlers' errors pass through as they are. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(exception: unknown, host: ArgumentsHost): Observable<never> | void {
    // Nest would turn the error into one without a class; the transport decides by class what becomes of the event.
    if (host.getType() === 'rpc') return throwError(() => exception);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = toProblemException(exception, request);
    if (problem.getStatus() >= 500 && !sayingSoThemselves.includes(problem.code)) this.logger.error(exception);
    if (reply.sent) return;
    sendProblem(reply, request, problem);
  }
}

/** Answers `problem`. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: ProblemException): void {
  const { code, detail, extras } = problem;
  const body: Problem = {
    type: problemType(code),
    title: problems[code].title,
    status: problem.getStatus(),
    detail,
    instance: publicPath(request),
    requestId: request.id,
    ...(extras.errors && { errors: extras.errors }),
  };
  if (extras.retryAfter !== undefined) reply.header('retry-after', String(extras.retryAfter));
  void reply
    .status(body.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    // Errors before there is a route come by no hook that would set it.
    .header('x-request-id', request.id)
    .send(JSON.stringify(body));
}

/** Fastify's own errors: its error code, our problem, and a sentence that helps. */
const fastifyProblems: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid-json', 'The body is not valid JSON: check its quotes, commas and braces'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid-json', 'The content type says JSON, but the body is empty'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'A body may have up to 64 KiB'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad-request', 'The body is not as long as its content-length says'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'Send the body as application/json'],
  FST_ERR_BAD_URL: ['bad-request', 'The path is not a valid URL path'],
  FST_ERR_MAX_PARAM_LENGTH: ['bad-request', 'A part of the path is too long'],
};

/** Makes an exception of any kind into the one that is answered. */
export function toProblemException(exception: unknown, request: FastifyRequest): ProblemException {
  if (exception instanceof ProblemException) return exception;
  const code = String((exception as { code?: unknown } | undefined)?.code);
  const known = fastifyProblems[code];
  if (known) return new ProblemException(known[0], `${known[1]}.`);
  if (exception instanceof CommitUnknownError) {
    const detail =
      'The connection to the database was lost while it stored this. Look whether it did before trying again.';
    return new ProblemException('service-unavailable', detail);
  }
  if (isDatabaseBusy(exception)) return overloaded('The database has too much to do now; try again in a moment.');
  if (isDatabaseTrouble(exception) || exception instanceof UnitTimeoutError) {
    return new ProblemException('service-unavailable', 'The database cannot be used now; try again.', {
      retryAfter: 1,
    });
  }
  return fromStatus(statusOf(exception), exception, request);
}

/** The status of an error of Nest, or of Fastify or one of its plugins. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const status = (exception as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : 500;
}

function fromStatus(status: number, exception: unknown, request: FastifyRequest): ProblemException {
  if (status === 404)
    return new ProblemException('unknown-path', `${request.method} ${publicPath(request)} is not served here.`);
  if (exception instanceof Error && status >= 400 && status < 500) {
    return new ProblemException('bad-request', exception.message);
  }
  if (exception instanceof HttpException && status === 503) {
    return new ProblemException('service-unavailable', exception.message, { retryAfter: 1 });
  }
  return new ProblemException('internal-error', 'The error was logged under this requestId.');
}
