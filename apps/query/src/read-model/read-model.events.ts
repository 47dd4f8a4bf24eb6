import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { Comment, CommentDeleted, Post, PostDeleted } from '#contracts';
import { LogOffset } from '#messaging';
import { CommentsProjector } from './comments.projector.js';
import { PostsProjector } from './posts.projector.js';

@Controller()
export class ReadModelEvents {
  constructor(
    private readonly posts: PostsProjector,
    private readonly comments: CommentsProjector,
  ) {}

  @EventPattern(['post.created', 'post.updated'])
  postChanged(@Payload() post: Post, @LogOffset() offset: number): Promise<void> {
    return this.posts.changed(post, offset);
  }

  @EventPattern(['post.deleted'])
  postDeleted(@Payload() post: PostDeleted, @LogOffset() offset: number): Promise<void> {
    return this.posts.deleted(post, offset);
  }

  @EventPattern(['comment.created', 'comment.edited', 'comment.updated'])
  commentChanged(@Payload() comment: Comment, @LogOffset() offset: number): Promise<void> {
    return this.comments.changed(comment, offset);
  }

  @EventPattern(['comment.deleted'])
  commentDeleted(@Payload() comment: CommentDeleted, @LogOffset() offset: number): Promise<void> {
    return this.comments.deleted(comment, offset);
  }
}
