import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What this service knows of a post from its events. A deleted one is remembered, so that nothing revives it. */
@Entity('known_posts')
export class KnownPost {
  @PrimaryColumn('varchar', { length: 36 })
  id: string;

  @Column('boolean')
  deleted: boolean;
}
