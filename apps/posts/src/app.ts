import { serviceEnv, type AppDefinition, type ServiceEnv } from '#service';
import { AppModule } from './app.module.js';

/** The posts service: what `main.ts` runs and what tests start. */
export const posts: AppDefinition<ServiceEnv> = {
  name: 'posts',
  env: serviceEnv('posts'),
  module: (env) => AppModule.forRoot(env),
};
