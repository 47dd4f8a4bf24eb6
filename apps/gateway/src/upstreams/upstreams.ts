import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Readiness, ReadinessCheck } from '#service';
import { LOOKUP, type Lookup } from './addresses.js';
import { Upstream, type UpstreamName } from './upstream.js';

/** Injection token of UpstreamUrls. */
export const UPSTREAM_URLS = Symbol('UpstreamUrls');
export type UpstreamUrls = Record<UpstreamName, string[]>;

/** All services behind the gateway. */
@Injectable()
export class Upstreams implements OnModuleInit, OnApplicationShutdown {
  private readonly upstreams: Map<UpstreamName, Upstream>;

  constructor(@Inject(UPSTREAM_URLS) urls: UpstreamUrls, @Inject(LOOKUP) lookup: Lookup) {
    const names = Object.keys(urls) as UpstreamName[];
    this.upstreams = new Map(names.map((name) => [name, new Upstream(name, urls[name], lookup)]));
  }

  get(name: UpstreamName): Upstream {
    return this.upstreams.get(name)!;
  }

  /** A check for each service. None is essential: without one service the gateway still answers for the others. */
  readinessChecks(): ReadinessCheck[] {
    return [...this.upstreams.values()].map((upstream) => ({
      name: upstream.name,
      check: () => readinessOf(upstream),
    }));
  }

  async onModuleInit(): Promise<void> {
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.start()));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.close()));
  }
}

function readinessOf(upstream: Upstream): Readiness {
  const { all, up } = upstream.count();
  return { up: up > 0, detail: `${up} of ${all} instances are up` };
}
