import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Something that one holder at a time has, until it expires. */
@Entity('leases')
export class Lease {
  @PrimaryColumn('varchar', { length: 250 })
  name: string;

  @Column('varchar', { length: 200 })
  holder: string;

  /** ISO 8601, by the clock of the database. */
  @Column('varchar', { length: 24 })
  expiresAt: string;
}
