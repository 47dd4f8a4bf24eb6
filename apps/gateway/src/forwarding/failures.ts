import { problemType, type ServiceName } from '#contracts';
import { ProblemException } from '#service';

/** Why an exchange brought no answer. */
export interface Failure {
  error: Error & { code?: string };
  /** Whether the service may have got the request, or a part of it. */
  sent: boolean;
}

/** What ends an exchange although the instance and the connection to it are well. */
const otherCodes = new Set([
  'FST_ERR_CTP_BODY_TOO_LARGE',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
]);

/** An instance answered that it cannot answer now, and another one is to be asked instead. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/**
 * Whether the body of an answer 503 says that something other than overload is to blame, so that another instance may do
 * better. Under overload it would have as much to do, and more with what the others refuse. An answer to HEAD, which has
 * no body, could be either.
 */
export function isNoOverload(body: string): boolean {
  try {
    const { type } = JSON.parse(body) as { type?: unknown };
    return typeof type === 'string' && type !== problemType('overloaded');
  } catch {
    return false;
  }
}

/** Whether it is the fault of this instance or of the connection to it. */
export const isConnectionFailure = ({ error }: Failure): boolean =>
  !(error instanceof RefusedError || error instanceof ProblemException) && !otherCodes.has(error.code ?? '');

/**
 * What to answer after `failure`.
 *
 * @param repeatable whether it does no harm to send the request again
 */
export function problemOf({ error, sent }: Failure, service: ServiceName, repeatable: boolean): Error {
  // The problem filter knows them.
  if (error instanceof ProblemException || error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return error;
  if (error.code === 'UND_ERR_HEADERS_TIMEOUT') {
    return new ProblemException('gateway-timeout', `The ${service} service took too long. ${unknown(repeatable)}`);
  }
  if (otherCodes.has(error.code ?? '')) return new ProblemException('bad-request', `${error.message}.`);
  if (sent && !repeatable) {
    return new ProblemException('bad-gateway', `The ${service} service broke off. ${unknown(repeatable)}`);
  }
  const detail = `The ${service} service cannot be reached now; try again in a moment.`;
  return new ProblemException('service-unavailable', detail, { retryAfter: 1 });
}

const unknown = (repeatable: boolean): string =>
  repeatable ? 'Try again.' : 'Look whether it did what was asked before you try again.';
