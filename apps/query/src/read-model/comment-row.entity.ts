import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CommentStatus } from '#contracts';

/**
 * A comment as the feed shows it. It may come before its post, and is shown when the post is there. A deleted one stays
 * as an empty row, so that no older event revives it.
 */
@Entity('comments')
export class CommentRow {
  @PrimaryColumn('varchar', { length: 36 })
  id: string;

  @Column('varchar', { length: 36 })
  postId: string;

  @Column('text')
  content: string;

  @Column('varchar', { length: 20 })
  status: CommentStatus;

  @Column('varchar', { length: 24 })
  createdAt: string;

  @Column('varchar', { length: 24 })
  updatedAt: string;

  @Column('integer')
  version: number;

  @Column('boolean')
  deleted: boolean;

  /** Whether its post has not come yet. */
  @Column('boolean', { default: false })
  parked: boolean;
}
