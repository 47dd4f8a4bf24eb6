import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A post as the feed shows it. A deleted one stays as an empty row, so that no older event revives it. */
@Entity('posts')
export class PostRow {
  @PrimaryColumn('varchar', { length: 36 })
  id: string;

  @Column('varchar', { length: 200 })
  title: string;

  @Column('text')
  body: string;

  @Column('varchar', { length: 24 })
  createdAt: string;

  @Column('varchar', { length: 24 })
  updatedAt: string;

  @Column('integer')
  version: number;

  @Column('boolean')
  deleted: boolean;
}
