import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far a reader of the event log has come: stored in the transaction that applied the event. */
@Entity('log_position')
export class LogPosition {
  /** The log's name. */
  @PrimaryColumn('varchar', { length: 100 })
  log: string;

  /** Offset of the last event applied. */
  @Column('integer')
  offset: number;

  /** Id of that event, or `''` where the message had none: tells this log from another with the same offsets. */
  @Column('varchar', { length: 200 })
  eventId: string;
}
