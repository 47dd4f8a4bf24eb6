import type { AppDefinition } from '#service';
import { AppModule } from './app.module.js';
import { CommentsEnv } from './env.js';

/** The comments service: what `main.ts` runs and what tests start. */
export const comments: AppDefinition<CommentsEnv> = {
  name: 'comments',
  env: CommentsEnv,
  calls: ['posts'],
  module: (env) => AppModule.forRoot(env),
};
