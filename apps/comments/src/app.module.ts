import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from '#database';
import { MessagingModule } from '#messaging';
import { databaseOptions, messagingOptions } from '#service';
import { CommentsModule } from './comments/comments.module.js';
import type { CommentsEnv } from './env.js';
import { KnownPostsModule } from './known-posts/known-posts.module.js';
import { PendingModule } from './pending/pending.module.js';
import { commentsSchema } from './schema.js';

@Module({})
export class AppModule {
  static forRoot(env: CommentsEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...databaseOptions('comments', env),
          ...commentsSchema,
        }),
        MessagingModule.forRoot(messagingOptions('comments', env)),
        KnownPostsModule.forRoot(env.POSTS_URLS),
        PendingModule.forRoot(env.REANNOUNCE_AFTER),
        CommentsModule,
      ],
    };
  }
}
