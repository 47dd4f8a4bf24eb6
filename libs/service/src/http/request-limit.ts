import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { overloaded, RefusalLog } from './overloaded.js';
import { sendProblem } from './problem.filter.js';

/** How many of each there may be at once. */
export interface RequestLimits {
  MAX_REQUESTS: number;
  MAX_STREAMS: number;
  MAX_CONNECTIONS: number;
}

/** A route's `@RouteConfig`: its answers have no end, and are counted apart from requests that have one. */
export const countedAsStream = { counted: 'stream' } as const;

/** A route's `@RouteConfig`: it answers even when nothing else is answered. */
export const unlimited = { counted: 'not' } as const;

/**
 * Bounds what a process has taken on: requests that are too many are answered 503 `overloaded` before anything is done
 * for them, and connections that are too many are closed.
 *
 * What a request makes the process hold (its body, a waiting unit of work, a place in the queue for a connection to the
 * database) is bounded with it. Event handlers are not refused: PREFETCH bounds those.
 */
export function limitRequests(fastify: FastifyInstance, limits: RequestLimits): void {
  fastify.server.maxConnections = limits.MAX_CONNECTIONS;
  const requests = new Limited('requests', 'MAX_REQUESTS', limits.MAX_REQUESTS);
  const streams = new Limited('event streams', 'MAX_STREAMS', limits.MAX_STREAMS);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { counted } = (request.routeOptions.config ?? {}) as { counted?: 'stream' | 'not' };
    if (counted === 'not' || (counted === 'stream' ? streams : requests).admit(request, reply)) done();
  });
  fastify.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function (request, reply) {
      const result: unknown = handler.call(this, request, reply);
      return result instanceof Promise ? (Place.of(request)?.keepFor(result) ?? result) : result;
    };
  });
}

/** What there may be only so many of at once. */
class Limited {
  private underWay = 0;
  private readonly refusals: RefusalLog;

  constructor(
    private readonly what: string,
    name: string,
    private readonly most: number,
  ) {
    this.refusals = new RefusalLog(`${most} ${what} are under way, as many as ${name} allows`);
  }

  /** @returns whether there is room for one more; otherwise it is answered */
  admit(request: FastifyRequest, reply: FastifyReply): boolean {
    if (this.underWay >= this.most) {
      this.refusals.note();
      sendProblem(reply, request, overloaded(`There are too many ${this.what} now; try again in a moment.`));
      return false;
    }
    this.underWay += 1;
    Place.take(request, reply, () => (this.underWay -= 1));
    return true;
  }
}

/**
 * The place that a request takes up: until its answer is over, however it ends, and its handler, too. A client that
 * breaks off does not stop the handler: what that waits for must not pile up behind clients that come and go.
 */
class Place {
  private static readonly places = new WeakMap<FastifyRequest, Place>();
  private handling = false;
  private closed = false;

  private constructor(private readonly free: () => void) {}

  /** @param free called when it is over */
  static take(request: FastifyRequest, { raw }: FastifyReply, free: () => void): void {
    const place = new Place(free);
    Place.places.set(request, place);
    raw.once('close', () => {
      place.closed = true;
      place.freeWhenOver();
    });
  }

  static of(request: FastifyRequest): Place | undefined {
    return Place.places.get(request);
  }

  /** @returns what `work` returns */
  async keepFor<T>(work: Promise<T>): Promise<T> {
    this.handling = true;
    try {
      return await work;
    } finally {
      this.handling = false;
      this.freeWhenOver();
    }
  }

  private freeWhenOver(): void {
    if (this.closed && !this.handling) this.free();
  }
}
