import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemException } from '#service';

/** Injection token of the directory with the built web client. */
export const CLIENT_DIRECTORY = Symbol('ClientDirectory');

const ONE_YEAR = 365 * 24 * 60 * 60;

/** Serves the web client at every path that nothing else is at. It may be built later, or anew, while we run. */
@Injectable()
export class WebClient implements OnApplicationBootstrap {
  private readonly root: string;

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(CLIENT_DIRECTORY) private readonly directory: string,
  ) {
    this.root = resolve(directory);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { root } = this;
    await this.host.httpAdapter.getInstance<FastifyInstance>().register(async (scope) => {
      scope.setErrorHandler(asUnknownPath);
      await scope.register(fastifyStatic, { root, index: false, cacheControl: false, dotfiles: 'ignore', setHeaders });
      scope.get('/', (_request, reply) => this.sendIndex(reply));
    });
  }

  private sendIndex(reply: FastifyReply): FastifyReply {
    if (existsSync(join(this.root, 'index.html'))) return reply.sendFile('index.html');
    const detail = `The web client is not in ${this.directory}: build it with 'npm run build:client', or say in CLIENT_DIR where it is.`;
    throw new ProblemException('unknown-path', detail);
  }
}

/** The build puts a hash of the content into the name of every asset: what is under a name never changes. */
function setHeaders(reply: FastifyReply, path: string): void {
  const hashed = path.includes('/assets/');
  reply.header('cache-control', hashed ? `public, max-age=${ONE_YEAR}, immutable` : 'no-cache');
}

/** Paths that no file can be at, such as `//x`, are errors to the static plugin, but only unknown to us. */
function asUnknownPath(error: FastifyError, request: FastifyRequest): never {
  if (error instanceof ProblemException || (error.statusCode ?? 500) >= 500) throw error;
  throw new ProblemException('unknown-path', `${request.method} ${request.url.split('?')[0]} is not served here.`);
}
