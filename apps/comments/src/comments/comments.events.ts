import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { CommentModerated, PostCreated, PostDeleted } from '#contracts';
import { KnownPostsService } from '../known-posts/known-posts.service.js';
import { CommentsService } from './comments.service.js';

@Controller()
export class CommentsEvents {
  constructor(
    private readonly comments: CommentsService,
    private readonly knownPosts: KnownPostsService,
  ) {}

  @EventPattern('post.created')
  postCreated({ id }: PostCreated): Promise<void> {
    return this.knownPosts.created(id);
  }

  @EventPattern('post.deleted')
  postDeleted({ id }: PostDeleted): Promise<void> {
    return this.comments.removeAllOf(id);
  }

  @EventPattern('comment.moderated')
  commentModerated(verdict: CommentModerated): Promise<void> {
    return this.comments.applyVerdict(verdict);
  }
}
