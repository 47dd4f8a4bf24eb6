import { type DynamicModule, Module } from '@nestjs/common';
import { READINESS_CHECKS } from '#service';
import { LOOKUP, systemLookup } from './addresses.js';
import { UPSTREAM_URLS, type UpstreamUrls, Upstreams } from './upstreams.js';

@Module({})
export class UpstreamsModule {
  /** Gives `Upstreams`, and a readiness check for each of them. */
  static forRoot(urls: UpstreamUrls): DynamicModule {
    return {
      module: UpstreamsModule,
      global: true,
      providers: [
        Upstreams,
        { provide: UPSTREAM_URLS, useValue: urls },
        { provide: LOOKUP, useValue: systemLookup },
        { provide: READINESS_CHECKS, useFactory: (all: Upstreams) => all.readinessChecks(), inject: [Upstreams] },
      ],
      exports: [Upstreams, READINESS_CHECKS],
    };
  }
}
