import { type DynamicModule, Module } from '@nestjs/common';
import { CreateOutbox1790000000001, DatabaseModule, OutboxMessage } from '#database';
import { MessagingModule } from '#messaging';
import { databaseOptions, messagingOptions, type ServiceEnv } from '#service';
import { CreatePosts1790000000100 } from '../migrations/1790000000100-create-posts.js';
import { Post } from './posts/post.entity.js';
import { PostsModule } from './posts/posts.module.js';

@Module({})
export class AppModule {
  static forRoot(env: ServiceEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...databaseOptions('posts', env),
          entities: [Post, OutboxMessage],
          migrations: [CreateOutbox1790000000001, CreatePosts1790000000100],
        }),
        MessagingModule.forRoot(messagingOptions('posts', env)),
        PostsModule,
      ],
    };
  }
}
