import { type DynamicModule, Module } from '@nestjs/common';
import { CreateLogPosition1790000000003, DatabaseModule, LogPosition } from '#database';
import { MessagingModule } from '#messaging';
import { databaseOptions, messagingOptions } from '#service';
import { CreateReadModel1790000000120 } from '../migrations/1790000000120-create-read-model.js';
import { MarkParkedComments1790000000310 } from '../migrations/1790000000310-mark-parked-comments.js';
import { ChangesModule } from './changes/changes.module.js';
import { RecordedChange } from './changes/recorded-change.entity.js';
import { ConsistencyModule } from './consistency/consistency.module.js';
import type { QueryEnv } from './env.js';
import { CommentRow } from './read-model/comment-row.entity.js';
import { PostRow } from './read-model/post-row.entity.js';
import { ReadModelModule } from './read-model/read-model.module.js';

@Module({})
export class AppModule {
  static forRoot(env: QueryEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...databaseOptions('query', env),
          entities: [PostRow, CommentRow, RecordedChange, LogPosition],
          migrations: [CreateLogPosition1790000000003, CreateReadModel1790000000120, MarkParkedComments1790000000310],
        }),
        MessagingModule.forRoot({ ...messagingOptions('query', env), readsEventLog: true }),
        ChangesModule,
        ConsistencyModule.forRoot(env.CONSISTENCY_WAIT),
        ReadModelModule,
      ],
    };
  }
}
