import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { CommentCreated, CommentDeleted, CommentEdited, PostDeleted } from '#contracts';
import { CasesService } from './cases.service.js';

/** What moderation does when it hears of something; each handler runs inside a unit of work. */
@Controller()
export class CasesEvents {
  constructor(private readonly cases: CasesService) {}

  @EventPattern('comment.created')
  commentCreated(comment: CommentCreated): Promise<void> {
    return this.cases.judge(comment);
  }

  @EventPattern('comment.edited')
  commentEdited(comment: CommentEdited): Promise<void> {
    return this.cases.judge(comment);
  }

  @EventPattern('comment.deleted')
  commentDeleted(comment: CommentDeleted): Promise<void> {
    return this.cases.forgetComment(comment);
  }

  @EventPattern('post.deleted')
  postDeleted(post: PostDeleted): Promise<void> {
    return this.cases.forgetPost(post);
  }
}
