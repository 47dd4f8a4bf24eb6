import {
  Column,
  Entity,
  type EntityManager,
  type MigrationInterface,
  PrimaryGeneratedColumn,
  type QueryRunner,
  Table,
} from 'typeorm';
import type { EventType } from '#contracts';
import { UnitOfWork } from '#database';
import { traceContext } from '#messaging';

/** What a handler of a test service did: stored in its transaction, so it is there as often as the event took effect. */
@Entity('effects')
export class Effect {
  @PrimaryGeneratedColumn('increment')
  position: number;

  @Column('text')
  type: string;

  @Column('text')
  subject: string;

  /** Offset in the event log, or -1 where the event came through a queue. */
  @Column('integer')
  offset: number;
}

export class CreateEffects1790000000900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'effects',
        columns: [
          { name: 'position', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'type', type: 'text' },
          { name: 'subject', type: 'text' },
          { name: 'offset', type: 'integer' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE effects');
  }
}

/** One call of a handler. */
export interface Call {
  type: EventType;
  /** Id of the thing that the event is about. */
  subject: string;
  eventId: string | undefined;
  /** 1 when this subject comes for the first time. */
  attempt: number;
  /** When it was, in milliseconds. */
  at: number;
}

/** How the test tells the handlers of a test service what to do. */
export class Script {
  /** All calls so far. */
  readonly calls: Call[] = [];
  /** What a handler does once it has stored its effect, still in its transaction. Nothing, unless the test says so. */
  onEvent: (call: Call, manager: EntityManager) => unknown = () => undefined;

  callsFor(subject: string): Call[] {
    return this.calls.filter((call) => call.subject === subject);
  }

  /** The body of every handler. */
  play(unitOfWork: UnitOfWork, type: EventType, subject: string, offset = -1): Promise<void> {
    return unitOfWork.run(async (manager) => {
      const { eventId } = traceContext.current() ?? {};
      const call = { type, subject, eventId, attempt: this.callsFor(subject).length + 1, at: Date.now() };
      this.calls.push(call);
      await manager.insert(Effect, { type, subject, offset });
      await this.onEvent(call, manager);
    });
  }
}
