import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { overloaded, RefusalLog } from '#service';
import type { Instance, Message } from '../upstreams/instance.js';
import type { UpstreamName } from '../upstreams/upstream.js';
import { Upstreams } from '../upstreams/upstreams.js';
import { EventStreams } from './event-streams.js';
import { Exchange } from './exchange.js';
import { type Failure, isConnectionFailure, isNoOverload, problemOf, RefusedError } from './failures.js';
import { isRepeatable, messageFor } from './message.js';
import { PREFIX, type Target } from './routes.js';

/** Passes requests on to the services, and their answers back. */
@Injectable()
export class Forwarder {
  private readonly refusals = new RefusalLog(
    'as many as MAX_REQUESTS_PER_INSTANCE allows are under way to each instance of their service',
  );

  constructor(
    private readonly upstreams: Upstreams,
    private readonly streams: EventStreams,
  ) {}

  /**
   * Has `request` answered by an instance of the target's service. If the connection to it fails, another instance is
   * tried, as long as nothing can be done twice by that; and so it is, for as many as the budget for retries allows, if
   * the instance says that it cannot answer now.
   *
   * @throws ProblemException `overloaded`, `service-unavailable`, `bad-gateway`, `gateway-timeout`, `bad-request`; and Fastify's error
   *   for a body that is too large
   */
  async forward(request: FastifyRequest, reply: FastifyReply, target: Target): Promise<void> {
    // The router decodes paths, so `/%61pi/posts` gets here as well; without the prefix nothing can be taken off.
    if (!request.raw.url!.startsWith(`${PREFIX}/`)) return reply.callNotFound();
    const message = messageFor(request);
    const failure = await this.attempts(message, reply, target);
    // Whatever is left of it, no one wants it any more.
    message.body?.destroy();
    if (!failure) return;
    // There is more to come of the body, and no one to read it.
    if (failure.error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') reply.header('connection', 'close');
    throw problemOf(failure, target.service, isRepeatable(message));
  }

  private async attempts(message: Message, reply: FastifyReply, target: Target): Promise<Failure | undefined> {
    const upstream = this.upstreams.get(target.service);
    upstream.retries.deposit();
    const first = upstream.pick();
    const failure = await this.attempt(first, message, reply, target, (body) => {
      first!.refused();
      return isNoOverload(body) && upstream.hasOther(first!) && upstream.retries.withdraw();
    });
    if (!failure || !mayBeRepeated(failure, message)) return failure;
    return this.attempt(upstream.pick(first), message, reply, target);
  }

  private async attempt(
    instance: Instance | undefined,
    message: Message,
    reply: FastifyReply,
    { service, endless = false }: Target,
    passOver?: (body: string) => boolean,
  ): Promise<Failure | undefined> {
    if (!instance) return { error: new Error('No address of it is known'), sent: false };
    if (instance.full && !endless) return this.refuse(service);
    const onAnswer = (answer: ServerResponse): void => {
      instance.answered();
      if (endless) this.keep(answer);
    };
    const exchange = new Exchange(reply, isRepeatable(message) && !endless, onAnswer, passOver);
    // A write is left to its time limit: it may be done yet, and must not be sent again.
    const onSilent = (): void => {
      if (endless || (isRepeatable(message) && this.upstreams.get(service).hasOther(instance))) {
        exchange.giveUp('It fell silent', endless);
      }
    };
    const failure = await instance.exchange({ ...message, ...(endless && { bodyTimeout: 0 }) }, exchange, onSilent);
    if (failure && isConnectionFailure(failure)) instance.failed(failure.error);
    return failure;
  }

  private refuse(service: UpstreamName): Failure {
    this.refusals.note();
    return { error: overloaded(`The ${service} service has too much to do now; try again in a moment.`), sent: false };
  }

  private keep(answer: ServerResponse): void {
    // There may be no event for long: the client shall know now that it is connected.
    answer.flushHeaders();
    this.streams.add(answer);
  }
}

/** Whether another instance may be asked, so that nothing is done twice. */
const mayBeRepeated = (failure: Failure, message: Message): boolean =>
  failure.error instanceof RefusedError || (isConnectionFailure(failure) && (!failure.sent || isRepeatable(message)));
