import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { traceContext } from '#messaging';
import { PREFIX } from './routes.js';

/** Headers that are about one connection (RFC 9110, section 7.6.1), besides those that `Connection` names. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers of a request that are not passed on: we answer `Expect`, and say ourselves where a request came from. */
const notForwarded = new Set(['host', 'expect', 'forwarded', 'content-length']);

/**
 * The headers to send to a service. What the client says of its own origin is not believed.
 *
 * @param hasBody whether a body follows; if not, its length is not mentioned
 */
export function requestHeaders(request: FastifyRequest, hasBody: boolean): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const named = namedByConnection(request.headers);
  for (const name in request.headers) {
    const value = request.headers[name];
    if (value === undefined || hopByHop.has(name) || notForwarded.has(name) || named?.has(name)) continue;
    headers[name] = value;
  }
  const length = request.headers['content-length'];
  if (hasBody && length !== undefined) headers['content-length'] = length;
  return Object.assign(headers, ownRequestHeaders(request));
}

function ownRequestHeaders(request: FastifyRequest): Record<string, string> {
  const trace = traceContext.current();
  return {
    'x-forwarded-for': request.ip,
    'x-forwarded-proto': request.protocol,
    'x-forwarded-host': request.host,
    // The services build `Location` and `Link` with it.
    'x-forwarded-prefix': PREFIX,
    'x-request-id': request.id,
    ...(trace && { traceparent: trace.traceparent }),
  };
}

/**
 * The headers to answer with.
 *
 * @param theirs the service's, with names in lower case
 * @param own the gateway's: where both have one the gateway's counts, and only the gateway speaks of CORS
 */
export function responseHeaders(theirs: IncomingHttpHeaders, own: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...own };
  const named = namedByConnection(theirs);
  for (const name in theirs) {
    if (hopByHop.has(name) || named?.has(name) || name in own || name.startsWith('access-control-')) continue;
    headers[name] = theirs[name];
  }
  if (theirs.vary !== undefined && own.vary !== undefined) headers.vary = `${own.vary}, ${theirs.vary}`;
  return headers;
}

/** The names in `Connection`, or undefined where it says no more than whether to keep it. */
function namedByConnection({ connection }: IncomingHttpHeaders): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}
