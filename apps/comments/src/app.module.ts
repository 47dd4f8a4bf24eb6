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
import { CreateComments1790000000110 } from '../migrations/1790000000110-create-comments.js';
import { Comment } from './comments/comment.entity.js';
import { CommentsModule } from './comments/comments.module.js';
import type { CommentsEnv } from './env.js';
import { KnownPost } from './known-posts/known-post.entity.js';
import { KnownPostsModule } from './known-posts/known-posts.module.js';

@Module({})
export class AppModule {
  static forRoot(env: CommentsEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...databaseOptions('comments', env),
          entities: [Comment, KnownPost, OutboxMessage, InboxMessage, Lease],
          migrations: [
            CreateOutbox1790000000001,
            CreateInbox1790000000002,
            OrderOutboxByEvent1790000000004,
            CreateLeases1790000000005,
            CreateComments1790000000110,
          ],
        }),
        MessagingModule.forRoot(messagingOptions('comments', env)),
        KnownPostsModule.forRoot(env.POSTS_URLS),
        CommentsModule,
      ],
    };
  }
}
