import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ServiceDirectory } from '#messaging';
import type { Readiness, ReadinessCheck } from '#service';
import { LOOKUP, type Lookup } from './addresses.js';
import { Upstream, type UpstreamName, upstreamNames } from './upstream.js';

/** Injection token of UpstreamUrls. */
export const UPSTREAM_URLS = Symbol('UpstreamUrls');
/** The URLs that the configuration lists. */
export type UpstreamUrls = Partial<Record<UpstreamName, string[]>>;

/** Injection token of how many requests each instance may be sent at once. */
export const REQUESTS_PER_INSTANCE = Symbol('RequestsPerInstance');

/** So long after its start a gateway that does not know a service yet is not ready, in milliseconds. */
const START_GRACE = 3_000;

/** All services behind the gateway. */
@Injectable()
export class Upstreams implements OnModuleInit, OnApplicationShutdown {
  private readonly upstreams: Map<UpstreamName, Upstream>;

  constructor(
    @Inject(UPSTREAM_URLS) urls: UpstreamUrls,
    @Inject(LOOKUP) lookup: Lookup,
    @Inject(REQUESTS_PER_INSTANCE) requests: number,
    directory: ServiceDirectory,
  ) {
    const upstream = (name: UpstreamName) => new Upstream(name, urls[name] ?? [], directory, lookup, requests);
    this.upstreams = new Map(upstreamNames.map((name) => [name, upstream(name)]));
  }

  get(name: UpstreamName): Upstream {
    return this.upstreams.get(name)!;
  }

  /**
   * A check for each service. Once we have had the time to hear of all of them, none is essential: without one service
   * the gateway still answers for the others.
   */
  readinessChecks(): ReadinessCheck[] {
    const since = Date.now();
    return [...this.upstreams.values()].map((upstream) => ({
      name: upstream.name,
      check: () => readinessOf(upstream, Date.now() - since < START_GRACE),
    }));
  }

  async onModuleInit(): Promise<void> {
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.start()));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.close()));
  }
}

function readinessOf(upstream: Upstream, essential: boolean): Readiness {
  const { all, up } = upstream.count();
  return { up: up > 0, detail: `${up} of ${all} instances are up`, ...(essential && { essential }) };
}
