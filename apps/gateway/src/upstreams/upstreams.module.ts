import { type DynamicModule, Module } from '@nestjs/common';
import { READINESS_CHECKS } from '#service';
import { LOOKUP, systemLookup } from './addresses.js';
import { REQUESTS_PER_INSTANCE, UPSTREAM_URLS, type UpstreamUrls, Upstreams } from './upstreams.js';

@Module({})
export class UpstreamsModule {
  /**
   * Gives `Upstreams`, and a readiness check for each of them.
   *
   * @param requestsPerInstance how many requests each instance may be sent at once
   */
  static forRoot(urls: UpstreamUrls, requestsPerInstance: number): DynamicModule {
    return {
      module: UpstreamsModule,
      global: true,
      providers: [
        Upstreams,
        { provide: UPSTREAM_URLS, useValue: urls },
        { provide: REQUESTS_PER_INSTANCE, useValue: requestsPerInstance },
        { provide: LOOKUP, useValue: systemLookup },
        { provide: READINESS_CHECKS, useFactory: (all: Upstreams) => all.readinessChecks(), inject: [Upstreams] },
      ],
      exports: [Upstreams, READINESS_CHECKS],
    };
  }
}
