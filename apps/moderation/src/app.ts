import type { AppDefinition } from '#service';
import { AppModule } from './app.module.js';
import { moderationEnv, type ModerationEnv } from './env.js';

/** The moderation service: what `main.ts` runs and what tests start. */
export const moderation: AppDefinition<ModerationEnv> = {
  name: 'moderation',
  env: moderationEnv,
  module: (env) => AppModule.forRoot(env),
};
