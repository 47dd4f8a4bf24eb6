import { Injectable } from '@nestjs/common';
import type { Post, PostDeleted } from '#contracts';
import { UnitOfWork } from '#database';
import { ChangesService } from '../changes/changes.service.js';
import { CommentRow } from './comment-row.entity.js';
import { ParkedComments } from './parked-comments.service.js';
import { PostRow } from './post-row.entity.js';

/** Brings posts into the read model. What is not newer than what it holds changes nothing, in whatever order it comes. */
@Injectable()
export class PostsProjector {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly changes: ChangesService,
    private readonly parked: ParkedComments,
  ) {}

  changed(post: Post, offset: number): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      const held = await manager.findOneBy(PostRow, { id: post.id });
      if (held && (held.deleted || held.version >= post.version)) return;
      await manager.upsert(PostRow, { ...post, deleted: false }, ['id']);
      if (!held) await this.parked.release(manager, post.id);
      await this.changes.record(manager, offset, { type: 'post.changed', data: post });
    });
  }

  deleted({ id, version, deletedAt }: PostDeleted, offset: number): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      const held = await manager.findOneBy(PostRow, { id });
      if (held?.deleted) return;
      const createdAt = held?.createdAt ?? deletedAt;
      await manager.upsert(
        PostRow,
        { id, title: '', body: '', createdAt, updatedAt: deletedAt, version, deleted: true },
        ['id'],
      );
      await manager.delete(CommentRow, { postId: id });
      await this.changes.record(manager, offset, { type: 'post.deleted', data: { id } });
    });
  }
}
