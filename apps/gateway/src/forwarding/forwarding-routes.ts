import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { errorCodes, type FastifyInstance } from 'fastify';
import { BODY_LIMIT, countedAsStream } from '#service';
import { Forwarder } from './forwarder.js';
import { PREFIX, routes } from './routes.js';

/**
 * Registers the routing table with Fastify itself: its router is all that is needed of a request before it is passed on.
 * Only now, as what handlers throw goes to the error handler of the time at which their route was registered.
 */
@Injectable()
export class ForwardingRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly forwarder: Forwarder,
  ) {}

  onApplicationBootstrap(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    passBodiesUnread(fastify);
    for (const { methods, paths, ...target } of routes) {
      for (const url of paths) {
        fastify.route({
          method: [...methods],
          url,
          exposeHeadRoute: false,
          ...(target.endless && { config: countedAsStream }),
          handler: (request, reply) => this.forwarder.forward(request, reply, target),
        });
      }
    }
    // Else the web client's files would be searched for it.
    fastify.all(`${PREFIX}/*`, (_request, reply) => reply.callNotFound());
  }
}

/** A body goes to the service as it comes, of whatever type; one that says that it is too large does not even start. */
function passBodiesUnread(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', ({ headers }, body, done) => {
    const tooLarge = Number(headers['content-length']) > BODY_LIMIT;
    done(tooLarge ? new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE() : null, body);
  });
}
