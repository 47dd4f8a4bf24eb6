import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, LessThan, type Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { CreatePost, Post as PostBody, UpdatePost } from '#contracts';
import { UnitOfWork } from '#database';
import { EventPublisher, Repeats } from '#messaging';
import { ProblemException } from '#service';
import { Post } from './post.entity.js';

@Injectable()
export class PostsService {
  constructor(
    @InjectRepository(Post) private readonly posts: Repository<Post>,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventPublisher,
    private readonly repeats: Repeats,
  ) {}

  create({ title, body }: CreatePost): Promise<PostBody> {
    const now = new Date().toISOString();
    const post: PostBody = { id: uuidv7(), title, body, createdAt: now, updatedAt: now, version: 1 };
    return this.unitOfWork.run(async (manager) => {
      await manager.insert(Post, post);
      await this.events.publish(manager, 'post.created', post);
      return post;
    });
  }

  /** Newest first, after the post `cursor`. */
  list(limit: number, cursor?: string): Promise<PostBody[]> {
    return this.posts.find({ where: cursor ? { id: LessThan(cursor) } : {}, order: { id: 'DESC' }, take: limit });
  }

  /** @throws ProblemException `not-found` */
  get(id: string): Promise<PostBody> {
    return this.findOrFail(this.posts.manager, id);
  }

  /**
   * Changes what `patch` holds; a patch that changes nothing makes no new version.
   *
   * @throws ProblemException `not-found`
   */
  update(id: string, patch: UpdatePost): Promise<PostBody> {
    return this.unitOfWork.run(async (manager) => {
      const before = await this.findOrFail(manager, id);
      const { title = before.title, body = before.body } = patch;
      if (title === before.title && body === before.body) return before;
      const post = { ...before, title, body, updatedAt: new Date().toISOString(), version: before.version + 1 };
      await manager.update(Post, id, post);
      await this.events.publish(manager, 'post.updated', post);
      return post;
    });
  }

  /** @throws ProblemException `not-found` */
  remove(id: string): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      const { version } = await this.findOrFail(manager, id);
      await manager.delete(Post, id);
      const deletedAt = new Date().toISOString();
      await this.repeats.publish(manager, 'post.deleted', { id, deletedAt, version: version + 1 });
    });
  }

  private async findOrFail(manager: EntityManager, id: string): Promise<Post> {
    const post = await manager.findOneBy(Post, { id });
    if (!post) throw new ProblemException('not-found', `There is no post ${id}.`);
    return post;
  }
}
