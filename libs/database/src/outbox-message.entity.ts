import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event that waits to be published: stored in the transaction that made it true, deleted when RabbitMQ has it. */
@Entity('outbox')
export class OutboxMessage {
  /** UUIDv7: ordered by creation, which is the order of publishing. */
  @PrimaryColumn('varchar', { length: 36 })
  eventId: string;

  /** The event's type, which is its exchange. */
  @Column('varchar', { length: 100 })
  type: string;

  /** The CloudEvent as it goes on the wire. */
  @Column('text')
  body: string;

  /** The instance that wrote it and publishes it; when that is gone, the caretaker among the others does. */
  @Index('outbox_owner')
  @Column('varchar', { length: 200 })
  owner: string;

  /** ISO 8601. */
  @Column('varchar', { length: 24 })
  createdAt: string;
}
