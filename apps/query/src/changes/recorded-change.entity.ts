import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ReadModelChangeType } from '#contracts';

/** A change of the read model, kept for clients that come back after a lost connection. */
@Entity('changes')
export class RecordedChange {
  /** The offset in the event log of the event that made the change: the same on every copy of this service. */
  @PrimaryColumn('integer')
  offset: number;

  @Column('varchar', { length: 40 })
  type: ReadModelChangeType;

  /** JSON. */
  @Column('text')
  data: string;
}
