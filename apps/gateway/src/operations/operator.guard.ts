import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemException } from '#service';

/** Injection token of the operators' token. */
export const OPERATIONS_TOKEN = Symbol('OperationsToken');

/** Lets in who sends `Authorization: Bearer <OPERATIONS_TOKEN>`. What they are answered is not to be kept by anybody. */
@Injectable()
export class OperatorGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(@Inject(OPERATIONS_TOKEN) token: string) {
    this.expected = digest(token);
  }

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>().header('cache-control', 'no-store');
    const [, token] = /^Bearer +(\S+)$/i.exec(http.getRequest<FastifyRequest>().headers.authorization ?? '') ?? [];
    if (token !== undefined && timingSafeEqual(digest(token), this.expected)) return true;
    reply.header('www-authenticate', 'Bearer');
    throw new ProblemException('unauthorized', 'Send the operations token: Authorization: Bearer <OPERATIONS_TOKEN>.');
  }
}

/** Of equal length, whatever was sent. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
