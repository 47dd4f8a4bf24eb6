import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { errorCodes, type FastifyInstance } from 'fastify';
import { BODY_LIMIT, countedAsStream } from '#service';
import { Forwarder } from './forwarder.js';
import { PREFIX, type Route, routes } from './routes.js';

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

  async onApplicationBootstrap(): Promise<void> {
    // In a scope of its own: what the gateway answers itself has its bodies read.
    await this.host.httpAdapter.getInstance<FastifyInstance>().register(async (scope) => {
      passBodiesUnread(scope);
      for (const route of routes) this.register(scope, route);
      // Else the web client's files would be searched for it.
      scope.all(`${PREFIX}/*`, (_request, reply) => reply.callNotFound());
    });
  }

  private register(scope: FastifyInstance, { methods, paths, ...target }: Route): void {
    for (const url of paths) {
      scope.route({
        method: [...methods],
        url,
        exposeHeadRoute: false,
        ...(target.endless && { config: countedAsStream }),
        handler: (request, reply) => this.forwarder.forward(request, reply, target),
      });
    }
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
