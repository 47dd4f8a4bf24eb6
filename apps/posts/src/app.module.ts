import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from '#database';
import { MessagingModule } from '#messaging';
import { databaseOptions, messagingOptions, type ServiceEnv } from '#service';
import { PostsModule } from './posts/posts.module.js';
import { postsSchema } from './schema.js';

@Module({})
export class AppModule {
  static forRoot(env: ServiceEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot({
          ...databaseOptions('posts', env),
          ...postsSchema,
        }),
        MessagingModule.forRoot(messagingOptions('posts', env)),
        PostsModule,
      ],
    };
  }
}
