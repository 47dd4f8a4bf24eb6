import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event that was handled: stored in the handler's transaction, so that a redelivery changes nothing. */
@Entity('inbox')
export class InboxMessage {
  @PrimaryColumn('varchar', { length: 200 })
  eventId: string;

  /** ISO 8601. */
  @Index('inbox_handled_at')
  @Column('varchar', { length: 24 })
  handledAt: string;
}
