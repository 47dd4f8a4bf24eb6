import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Comment, CommentDeleted } from '#contracts';
import { UnitOfWork } from '#database';
import { ChangesService } from '../changes/changes.service.js';
import { CommentRow } from './comment-row.entity.js';
import { toView } from './comment-view.js';
import { PostRow } from './post-row.entity.js';

/**
 * Brings comments into the read model. What is not newer than what it holds changes nothing, in whatever order it comes;
 * what belongs to a deleted post is dropped.
 */
@Injectable()
export class CommentsProjector {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly changes: ChangesService,
  ) {}

  changed(comment: Comment, offset: number): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      if (!(await this.isNews(manager, comment))) return;
      const parked = !(await manager.existsBy(PostRow, { id: comment.postId }));
      await manager.upsert(CommentRow, { ...comment, deleted: false, parked }, ['id']);
      const commentCount = await this.count(manager, comment.postId);
      const data = { comment: toView(comment), commentCount };
      await this.changes.record(manager, offset, { type: 'comment.changed', data });
    });
  }

  deleted({ id, postId, version, deletedAt }: CommentDeleted, offset: number): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      if (!(await this.isNews(manager, { id, postId, version }))) return;
      const tombstone = { content: '', status: 'rejected', createdAt: deletedAt, updatedAt: deletedAt } as const;
      await manager.upsert(CommentRow, { id, postId, version, ...tombstone, deleted: true, parked: false }, ['id']);
      const commentCount = await this.count(manager, postId);
      await this.changes.record(manager, offset, { type: 'comment.deleted', data: { id, postId, commentCount } });
    });
  }

  private async isNews(
    manager: EntityManager,
    { id, postId, version }: Pick<Comment, 'id' | 'postId' | 'version'>,
  ): Promise<boolean> {
    if (await manager.existsBy(PostRow, { id: postId, deleted: true })) return false;
    const held = await manager.findOneBy(CommentRow, { id });
    return !held || (!held.deleted && held.version < version);
  }

  private count(manager: EntityManager, postId: string): Promise<number> {
    return manager.countBy(CommentRow, { postId, deleted: false });
  }
}
