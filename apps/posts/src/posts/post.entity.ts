import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('posts')
export class Post {
  /** UUIDv7: ordered by creation. */
  @PrimaryColumn('varchar', { length: 36 })
  id: string;

  @Column('varchar', { length: 200 })
  title: string;

  @Column('text')
  body: string;

  /** ISO 8601. */
  @Column('varchar', { length: 24 })
  createdAt: string;

  @Column('varchar', { length: 24 })
  updatedAt: string;

  @Column('integer')
  version: number;
}
