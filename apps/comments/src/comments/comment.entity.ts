import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CommentStatus } from '#contracts';

@Entity('comments')
@Index('comments_post', ['postId', 'id'])
@Index('comments_pending', ['announceAgainAt'], { where: `"status" = 'pending'` })
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

  /** The version of the last verdict on this text that was applied; 0 before the first. */
  @Column('integer')
  verdictVersion: number;

  /** ISO 8601: when the text is announced again, should it still be pending then; `''` is at once. */
  @Column('varchar', { length: 24, default: '' })
  announceAgainAt: string;

  /** How often the text was announced. */
  @Column('integer', { default: 1 })
  timesAnnounced: number;
}
