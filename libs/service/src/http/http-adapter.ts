import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Tls } from '../tls.js';
import { Connections } from './connections.js';
import { sendProblem, toProblemException } from './problem.filter.js';

/** The most bytes that a request's body may have. */
export const BODY_LIMIT = 64 * 1024;

/** The HTTP server that every app uses. */
export class HttpAdapter extends FastifyAdapter {
  readonly connections: Connections;

  /** @param tls with it, HTTPS is served instead of HTTP */
  constructor(tls?: Tls) {
    super({
      ...(tls && { https: tls }),
      bodyLimit: BODY_LIMIT,
      genReqId: requestId,
      routerOptions: { maxParamLength: 200 },
      // What Fastify refuses before there is a route, such as `/%zz`.
      frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
        sendProblem(reply, request, toProblemException(error, request));
      },
    });
    const fastify = this.getInstance<FastifyInstance>();
    fastify.removeContentTypeParser('text/plain');
    this.connections = new Connections(fastify);
  }

  /** Fastify's errors as they are: Nest's mapping would drop their codes, by which `ProblemFilter` tells them apart. */
  override mapException(error: unknown): unknown {
    return error;
  }
}

/** The caller's `X-Request-Id` where it is fit for logs and headers, else a new one. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}
