import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Write } from '#contracts';
import { CommentRow } from '../read-model/comment-row.entity.js';
import { PostRow } from '../read-model/post-row.entity.js';

/** Which writes this copy's read model has seen: its rows tell, so nothing needs to be kept beside them. */
@Injectable()
export class SeenWrites {
  constructor(
    @InjectRepository(PostRow) private readonly posts: Repository<PostRow>,
    @InjectRepository(CommentRow) private readonly comments: Repository<CommentRow>,
  ) {}

  /**
   * Whether reads show `write`, or what came after it. Of a deleted post all has been seen: its comments are dropped with
   * it, whatever comes later. Nothing of a comment has been seen while its post is not there: it is shown only with it.
   */
  async has(write: Write): Promise<boolean> {
    const post = await this.posts.findOneBy({ id: write.postId });
    if (!post || post.deleted) return post !== null;
    if (write.thing === 'post') return post.version >= write.version;
    const comment = await this.comments.findOneBy({ id: write.id });
    return comment !== null && (comment.deleted || shows(comment, write));
  }
}

/** A verdict that an older one overtook makes fewer versions than were foreseen: then the status alone tells. */
function shows({ version, status }: CommentRow, write: Exclude<Write, { thing: 'post' }>): boolean {
  if (version >= write.version) return true;
  return write.thing === 'verdict' && version > write.textVersion && status === write.status;
}
