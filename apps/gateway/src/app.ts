import { type AppDefinition, isHttps } from '#service';
import { AppModule } from './app.module.js';
import { gatewayEnv, type GatewayEnv } from './env.js';
import { addSecurityHeaders } from './security-headers.js';
import { upstreamNames } from './upstreams/upstream.js';

/** How long a request may take to arrive whole, in milliseconds: slow senders cost a connection each. */
const REQUEST_TIMEOUT = 30_000;

/** The gateway: what `main.ts` runs and what tests start. */
export const gateway: AppDefinition<GatewayEnv> = {
  name: 'gateway',
  env: gatewayEnv,
  calls: upstreamNames,
  module: (env) => AppModule.forRoot(env),
  configure: async (app, env) => {
    app.getHttpServer().requestTimeout = REQUEST_TIMEOUT;
    await addSecurityHeaders(app, isHttps(env));
  },
};
