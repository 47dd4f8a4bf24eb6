import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { type DataSource, MoreThan, type Repository } from 'typeorm';
import type { CommentView, PostView } from '#contracts';
import { ProblemException } from '#service';
import { CommentRow } from './comment-row.entity.js';
import { toView } from './comment-view.js';
import { PostRow } from './post-row.entity.js';

/** One statement for posts with their comments: a page is consistent in itself, whatever is projected meanwhile. */
const POSTS = `
  SELECT p.id, p.title, p.body, p.createdAt, p.updatedAt, p.version,
    (SELECT count(*) FROM comments c WHERE c.postId = p.id AND c.deleted = 0) AS commentCount,
    (SELECT json_group_array(json_object(
        'id', shown.id,
        'postId', shown.postId,
        'content', CASE WHEN shown.status = 'approved' THEN shown.content END,
        'status', shown.status,
        'createdAt', shown.createdAt,
        'updatedAt', shown.updatedAt,
        'version', shown.version
      ) ORDER BY shown.id)
      FROM (SELECT * FROM comments WHERE postId = p.id AND deleted = 0 ORDER BY id LIMIT 20) shown
    ) AS comments
  FROM posts p
  WHERE NOT p.deleted`;

type PostRecord = Omit<PostView, 'comments'> & { comments: string };

@Injectable()
export class ReadModelService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @InjectRepository(PostRow) private readonly posts: Repository<PostRow>,
    @InjectRepository(CommentRow) private readonly comments: Repository<CommentRow>,
  ) {}

  /** Newest first, after the post `cursor`; each with its first 20 comments, oldest first. */
  async listPosts(limit: number, cursor?: string): Promise<PostView[]> {
    const records = cursor
      ? await this.database.query<PostRecord[]>(`${POSTS} AND p.id < ? ORDER BY p.id DESC LIMIT ?`, [cursor, limit])
      : await this.database.query<PostRecord[]>(`${POSTS} ORDER BY p.id DESC LIMIT ?`, [limit]);
    return records.map(toPostView);
  }

  /** @throws ProblemException `not-found` */
  async getPost(id: string): Promise<PostView> {
    const [record] = await this.database.query<PostRecord[]>(`${POSTS} AND p.id = ?`, [id]);
    if (!record) throw notFound(id);
    return toPostView(record);
  }

  /**
   * Oldest first, after the comment `cursor`.
   *
   * @throws ProblemException `not-found` when there is no such post
   */
  async listComments(postId: string, limit: number, cursor?: string): Promise<CommentView[]> {
    if (!(await this.posts.existsBy({ id: postId, deleted: false }))) throw notFound(postId);
    const shown = { postId, deleted: false };
    const where = cursor ? { ...shown, id: MoreThan(cursor) } : shown;
    return (await this.comments.find({ where, order: { id: 'ASC' }, take: limit })).map(toView);
  }

  /** @throws ProblemException `not-found` */
  async getComment(postId: string, id: string): Promise<CommentView> {
    const comment = await this.comments.findOneBy({ id, postId, deleted: false });
    if (!comment) throw new ProblemException('not-found', `The post ${postId} has no comment ${id}.`);
    return toView(comment);
  }
}

const toPostView = (record: PostRecord): PostView => ({
  ...record,
  comments: JSON.parse(record.comments) as CommentView[],
});

const notFound = (id: string): ProblemException => new ProblemException('not-found', `There is no post ${id}.`);
