import { type DynamicModule, Module } from '@nestjs/common';
import { KnownPostsService } from './known-posts.service.js';
import { PostsClient } from './posts-client.js';

@Module({})
export class KnownPostsModule {
  /** @param postsUrls base URLs of the posts service's instances */
  static forRoot(postsUrls: string[]): DynamicModule {
    return {
      module: KnownPostsModule,
      global: true,
      providers: [{ provide: PostsClient, useFactory: () => new PostsClient(postsUrls) }, KnownPostsService],
      exports: [KnownPostsService],
    };
  }
}
