import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONSISTENCY_TOKEN, MAX_TOKENS, parseTokens } from '#contracts';
import { clientGone, ProblemException } from '#service';
import { ConsistencyService } from './consistency.service.js';

const HEADER = CONSISTENCY_TOKEN.toLowerCase();

/** Lets a read with `Consistency-Token` pass when the read model has seen the writes that its tokens name. */
@Injectable()
export class ConsistencyGuard implements CanActivate {
  constructor(private readonly consistency: ConsistencyService) {}

  /** @throws ProblemException `bad-request`; `read-model-behind` when the writes were not seen in time */
  canActivate(context: ExecutionContext): true | Promise<true> {
    const http = context.switchToHttp();
    const header = http.getRequest<FastifyRequest>().headers[HEADER];
    // Reads that ask for nothing pay nothing.
    if (header === undefined) return true;
    return this.waitFor(String(header), http.getResponse<FastifyReply>());
  }

  private async waitFor(header: string, reply: FastifyReply): Promise<true> {
    const writes = parseTokens(header);
    if (!writes) throw new ProblemException('bad-request', wrongToken);
    if (await this.consistency.reach(writes, clientGone(reply))) return true;
    const detail =
      `It has not come within ${this.consistency.wait} ms, or too many wait already. ` +
      `Try again in a moment, or without ${CONSISTENCY_TOKEN}.`;
    throw new ProblemException('read-model-behind', detail, { retryAfter: 1 });
  }
}

const wrongToken =
  `${CONSISTENCY_TOKEN} must be sent as the answer to a write had it; ` +
  `several, ${MAX_TOKENS} at most, are separated by commas.`;
