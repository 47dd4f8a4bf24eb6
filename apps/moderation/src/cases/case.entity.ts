import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CaseState, VerdictReason } from '#contracts';

/** The moderation case of one comment: the text that was judged last, and the verdict on it. */
@Entity('cases')
@Index('cases_text', ['textHash', 'updatedAt'])
@Index('cases_state', ['state', 'commentId'])
export class Case {
  /** UUIDv7: ordered by creation. */
  @PrimaryColumn('varchar', { length: 36 })
  commentId: string;

  @Index('cases_post')
  @Column('varchar', { length: 36 })
  postId: string;

  /** Empty once the comment is deleted. */
  @Column('text')
  content: string;

  /** The text's fingerprint; `''` once the comment is deleted. */
  @Column('varchar', { length: 64 })
  textHash: string;

  /** Version of the comment that `content` belongs to: events that are not newer change nothing. */
  @Column('integer')
  commentVersion: number;

  /** `deleted` stays for ever, so that a late event does not bring the comment back. */
  @Column('varchar', { length: 10 })
  state: CaseState | 'deleted';

  /** Stored as JSON. */
  @Column('simple-json')
  reasons: VerdictReason[];

  /** ISO 8601. */
  @Column('varchar', { length: 24 })
  createdAt: string;

  /** When it was judged last. */
  @Column('varchar', { length: 24 })
  updatedAt: string;

  @Column('integer')
  version: number;
}
