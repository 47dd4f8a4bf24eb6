import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from '#database';
import { MessagingModule } from '#messaging';
import { databaseOptions, messagingOptions } from '#service';
import { CasesModule } from './cases/cases.module.js';
import type { ModerationEnv } from './env.js';
import { RulesModule } from './rules/rules.module.js';
import { moderationSchema } from './schema.js';

@Module({})
export class AppModule {
  static forRoot(env: ModerationEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...databaseOptions('moderation', env),
          ...moderationSchema,
        }),
        MessagingModule.forRoot(messagingOptions('moderation', env)),
        RulesModule.forRoot(env),
        CasesModule,
      ],
    };
  }
}
