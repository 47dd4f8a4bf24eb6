import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A post that is gone: comments on it that are heard of later are not judged. */
@Entity('deleted_posts')
export class DeletedPost {
  @PrimaryColumn('varchar', { length: 36 })
  postId: string;

  /** ISO 8601. */
  @Column('varchar', { length: 24 })
  deletedAt: string;
}
