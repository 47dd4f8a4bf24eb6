import { type DynamicModule, Module } from '@nestjs/common';
import { ClientModule } from './client/client.module.js';
import type { GatewayEnv } from './env.js';
import { ForwardingModule } from './forwarding/forwarding.module.js';
import { UpstreamsModule } from './upstreams/upstreams.module.js';

@Module({})
export class AppModule {
  static forRoot(env: GatewayEnv): DynamicModule {
    const urls = { posts: env.POSTS_URLS, comments: env.COMMENTS_URLS, query: env.QUERY_URLS };
    return {
      module: AppModule,
      imports: [
        UpstreamsModule.forRoot(urls, env.MAX_REQUESTS_PER_INSTANCE),
        ForwardingModule,
        ClientModule.forRoot(env.CLIENT_DIR),
      ],
    };
  }
}
