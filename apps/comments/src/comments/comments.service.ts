import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, MoreThan, type Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Comment as CommentBody, CommentModerated, CreateComment, UpdateComment } from '#contracts';
import { UnitOfWork } from '#database';
import { EventPublisher, Repeats } from '#messaging';
import { ProblemException } from '#service';
import { KnownPostsService } from '../known-posts/known-posts.service.js';
import { AnnouncementSchedule } from '../pending/announcement-schedule.js';
import { Comment } from './comment.entity.js';
import { toBody } from './comment-body.js';

@Injectable()
export class CommentsService {
  constructor(
    @InjectRepository(Comment) private readonly comments: Repository<Comment>,
    private readonly unitOfWork: UnitOfWork,
    private readonly knownPosts: KnownPostsService,
    private readonly events: EventPublisher,
    private readonly repeats: Repeats,
    private readonly schedule: AnnouncementSchedule,
  ) {}

  /** @throws ProblemException `not-found` when there is no such post */
  async create(postId: string, { content }: CreateComment): Promise<CommentBody> {
    await this.knownPosts.mustExist(postId);
    return this.unitOfWork.run(async (manager) => {
      await this.knownPosts.mustNotBeDeleted(manager, postId);
      const now = new Date().toISOString();
      const version = 1;
      const text = { content, status: 'pending', version, contentVersion: version, verdictVersion: 0 } as const;
      const times = { createdAt: now, updatedAt: now, ...this.schedule.announced(1) };
      const comment: Comment = { id: uuidv7(), postId, ...text, ...times };
      await manager.insert(Comment, comment);
      await this.events.publish(manager, 'comment.created', toBody(comment));
      return toBody(comment);
    });
  }

  /** Oldest first, after the comment `cursor`. */
  async list(postId: string, limit: number, cursor?: string): Promise<CommentBody[]> {
    const where = cursor ? { postId, id: MoreThan(cursor) } : { postId };
    return (await this.comments.find({ where, order: { id: 'ASC' }, take: limit })).map(toBody);
  }

  /** @throws ProblemException `not-found` */
  async get(postId: string, id: string): Promise<CommentBody> {
    return toBody(await this.findOrFail(this.comments.manager, postId, id));
  }

  /**
   * Changes the text, which is then judged again; the same text makes no new version.
   *
   * @throws ProblemException `not-found`
   */
  update(postId: string, id: string, { content }: UpdateComment): Promise<CommentBody> {
    return this.unitOfWork.run(async (manager) => {
      const before = await this.findOrFail(manager, postId, id);
      if (content === before.content) return toBody(before);
      const version = before.version + 1;
      const text = { content, status: 'pending', contentVersion: version, verdictVersion: 0 } as const;
      const comment = await this.store(manager, { ...before, ...text, ...this.schedule.announced(1) });
      await this.events.publish(manager, 'comment.edited', toBody(comment));
      return toBody(comment);
    });
  }

  /** @throws ProblemException `not-found` */
  remove(postId: string, id: string): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      const { version } = await this.findOrFail(manager, postId, id);
      await manager.delete(Comment, id);
      const deletedAt = new Date().toISOString();
      await this.repeats.publish(manager, 'comment.deleted', { id, postId, deletedAt, version: version + 1 });
    });
  }

  /** A post is gone, and its comments with it. */
  removeAllOf(postId: string): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      await this.knownPosts.deleted(manager, postId);
      await manager.delete(Comment, { postId });
    });
  }

  /** Applies a verdict, unless it is about an older text, or older than the one applied last. */
  applyVerdict({ commentId, commentVersion, status, version }: CommentModerated): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      const before = await manager.findOneBy(Comment, { id: commentId });
      if (!before || before.contentVersion !== commentVersion || before.verdictVersion >= version) return;
      if (before.status === status) {
        await manager.update(Comment, commentId, { verdictVersion: version });
        return;
      }
      const comment = await this.store(manager, { ...before, status, verdictVersion: version });
      await this.events.publish(manager, 'comment.updated', toBody(comment));
    });
  }

  /** Stores a changed comment as its next version. */
  private async store(manager: EntityManager, changed: Comment): Promise<Comment> {
    const comment = { ...changed, updatedAt: new Date().toISOString(), version: changed.version + 1 };
    await manager.update(Comment, comment.id, comment);
    return comment;
  }

  private async findOrFail(manager: EntityManager, postId: string, id: string): Promise<Comment> {
    const comment = await manager.findOneBy(Comment, { id, postId });
    if (!comment) throw new ProblemException('not-found', `The post ${postId} has no comment ${id}.`);
    return comment;
  }
}
