import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CommentStatus } from '#contracts';

@Entity('comments')
@Index('comments_post', ['postId', 'id'])
export class Comment {
  /** UUIDv7: ordered by creation. */
  @PrimaryColumn('varchar', { length: 36 })
  id: string;

  @Column('varchar', { length: 36 })
  postId: string;

  @Column('text')
  content: string;

  @Column('varchar', { length: 20 })
  status: CommentStatus;

  /** ISO 8601. */
  @Column('varchar', { length: 24 })
  createdAt: string;

  @Column('varchar', { length: 24 })
  updatedAt: string;

  @Column('integer')
  version: number;

  /** The version in which the text was last changed: a verdict counts only for the text that it judged. */
  @Column('integer')
  contentVersion: number;

  /** The version of the last verdict that was applied; 0 before the first. */
  @Column('integer')
  verdictVersion: number;
}
