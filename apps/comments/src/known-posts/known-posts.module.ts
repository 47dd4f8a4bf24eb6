import { type DynamicModule, Module } from '@nestjs/common';
import { KnownPostsService } from './known-posts.service.js';
import { POSTS_URLS, PostsClient } from './posts-client.js';

@Module({})
export class KnownPostsModule {
  /** @param postsUrls base URLs of instances of the posts service, besides those that announce themselves */
  static forRoot(postsUrls: string[] = []): DynamicModule {
    return {
      module: KnownPostsModule,
      global: true,
      providers: [{ provide: POSTS_URLS, useValue: postsUrls }, PostsClient, KnownPostsService],
      exports: [KnownPostsService],
    };
  }
}
