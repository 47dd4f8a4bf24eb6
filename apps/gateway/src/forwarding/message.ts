import type { FastifyRequest } from 'fastify';
import type { Message } from '../upstreams/instance.js';
import { requestHeaders } from './headers.js';
import { LimitedBody } from './limited-body.js';
import { PREFIX } from './routes.js';

const idempotent = new Set(['GET', 'HEAD', 'DELETE']);

/** What to send to a service for `request`, whose path begins with the prefix. */
export function messageFor(request: FastifyRequest): Message {
  const body = hasBody(request) ? new LimitedBody(request) : undefined;
  return {
    method: request.method,
    path: request.raw.url!.slice(PREFIX.length),
    headers: requestHeaders(request, body !== undefined),
    body: body ?? null,
  };
}

/** Whether it does no harm, and is possible, to send it again after a service may have got it. */
export const isRepeatable = ({ method, body }: Message): boolean => idempotent.has(method) && !body;

/** Only methods whose body has a meaning: Fastify does not look at those of GET and HEAD, and so do we. */
const hasBody = ({ body, headers }: FastifyRequest): boolean =>
  body !== undefined && (headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0);
