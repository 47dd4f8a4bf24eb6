import { type AppDefinition, serviceEnv, type ServiceEnv } from '#service';
import { AppModule } from './app.module.js';

/** The query service: what `main.ts` runs and what tests start. */
export const query: AppDefinition<ServiceEnv> = {
  name: 'query',
  env: serviceEnv('query'),
  module: (env) => AppModule.forRoot(env),
};
