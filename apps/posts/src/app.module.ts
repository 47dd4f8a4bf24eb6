import { type DynamicModule, Module } from '@nestjs/common';
import {
  CreateLeases1790000000005,
  CreateOutbox1790000000001,
  DatabaseModule,
  Lease,
  OrderOutboxByEvent1790000000004,
  OutboxMessage,
} from '#database';
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
          entities: [Post, OutboxMessage, Lease],
          migrations: [
            CreateOutbox1790000000001,
            OrderOutboxByEvent1790000000004,
            CreateLeases1790000000005,
            CreatePosts1790000000100,
          ],
        }),
        MessagingModule.forRoot(messagingOptions('posts', env)),
        PostsModule,
      ],
    };
  }
}
