import type { AppDefinition } from '#service';
import { AppModule } from './app.module.js';
import { queryEnv, type QueryEnv } from './env.js';

/** The query service: what `main.ts` runs and what tests start. */
export const query: AppDefinition<QueryEnv> = {
  name: 'query',
  env: queryEnv,
  module: (env) => AppModule.forRoot(env),
};
