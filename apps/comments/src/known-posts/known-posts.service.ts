import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { insertIfAbsent, UnitOfWork } from '#database';
import { ProblemException } from '#service';
import { KnownPost } from './known-post.entity.js';
import { PostsClient } from './posts-client.js';

/** Which posts can be commented on: learnt from the posts' events, so that the posts service need not be there. */
@Injectable()
export class KnownPostsService {
  constructor(
    @InjectRepository(KnownPost) private readonly knownPosts: Repository<KnownPost>,
    private readonly unitOfWork: UnitOfWork,
    private readonly posts: PostsClient,
  ) {}

  /**
   * Makes sure that the post exists. One that no event has told of yet may have been created a moment ago: only then is
   * the posts service asked.
   *
   * @throws ProblemException `not-found`; `service-unavailable` when the post is unknown and nobody can be asked
   */
  async mustExist(id: string): Promise<void> {
    const known = await this.knownPosts.findOneBy({ id });
    const exists = known ? !known.deleted : await this.posts.exists(id);
    if (!exists) throw notFound(id);
  }

  /**
   * Makes sure, inside a unit of work, that the post was not deleted meanwhile.
   *
   * @throws ProblemException `not-found`
   */
  async mustNotBeDeleted(manager: EntityManager, id: string): Promise<void> {
    if (await manager.existsBy(KnownPost, { id, deleted: true })) throw notFound(id);
  }

  /** Learns of a post, unless it is known already, perhaps as deleted. */
  async created(id: string): Promise<void> {
    await this.unitOfWork.run((manager) => insertIfAbsent(manager, KnownPost, { id, deleted: false }));
  }

  deleted(manager: EntityManager, id: string): Promise<unknown> {
    return manager.upsert(KnownPost, { id, deleted: true }, ['id']);
  }
}

const notFound = (id: string): ProblemException => new ProblemException('not-found', `There is no post ${id}.`);
