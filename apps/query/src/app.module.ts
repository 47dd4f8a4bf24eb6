import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from '#database';
import { MessagingModule } from '#messaging';
import { databaseOptions, messagingOptions } from '#service';
import { ChangesModule } from './changes/changes.module.js';
import { ConsistencyModule } from './consistency/consistency.module.js';
import type { QueryEnv } from './env.js';
import { ReadModelModule } from './read-model/read-model.module.js';
import { querySchema } from './schema.js';

@Module({})
export class AppModule {
  static forRoot(env: QueryEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({ ...databaseOptions('query', env), ...querySchema }),
        MessagingModule.forRoot({ ...messagingOptions('query', env), readsEventLog: true }),
        ChangesModule,
        ConsistencyModule.forRoot(env.CONSISTENCY_WAIT),
        ReadModelModule,
      ],
    };
  }
}
