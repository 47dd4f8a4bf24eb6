import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event that is published again later: its loss is one that nobody would notice. */
@Entity('repeats')
export class RepeatedEvent {
  @PrimaryColumn('varchar', { length: 36 })
  id: string;

  /** The event's type, which is its exchange. */
  @Column('varchar', { length: 100 })
  type: string;

  /** The event's data, as JSON. */
  @Column('text')
  data: string;

  /** How often it was published. */
  @Column('integer')
  times: number;

  /** ISO 8601. */
  @Index('repeats_due')
  @Column('varchar', { length: 24 })
  repeatAt: string;
}
