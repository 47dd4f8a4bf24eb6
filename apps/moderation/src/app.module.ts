import { type DynamicModule, Module } from '@nestjs/common';
import {
  CreateInbox1790000000002,
  CreateLeases1790000000005,
  CreateOutbox1790000000001,
  DatabaseModule,
  InboxMessage,
  Lease,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
} from '#database';
import { MessagingModule } from '#messaging';
import { databaseOptions, messagingOptions } from '#service';
import { CreateCases1790000000200 } from '../migrations/1790000000200-create-cases.js';
import { Case } from './cases/case.entity.js';
import { CasesModule } from './cases/cases.module.js';
import { DeletedPost } from './cases/deleted-post.entity.js';
import type { ModerationEnv } from './env.js';
import { RulesModule } from './rules/rules.module.js';

@Module({})
export class AppModule {
  static forRoot(env: ModerationEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...databaseOptions('moderation', env),
          entities: [Case, DeletedPost, OutboxMessage, InboxMessage, Lease],
          migrations: [
            CreateOutbox1790000000001,
            CreateInbox1790000000002,
            OrderOutboxByEvent1790000000004,
            CreateLeases1790000000005,
            CreateCases1790000000200,
          ],
        }),
        MessagingModule.forRoot(messagingOptions('moderation', env)),
        RulesModule.forRoot(env),
        CasesModule,
      ],
    };
  }
}
