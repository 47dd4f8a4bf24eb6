import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager, In, LessThanOrEqual } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { EventData, EventType } from '#contracts';
import { RepeatedEvent, UnitOfWork } from '#database';
import { Caretaker } from './caretaker.js';
import { EventPublisher } from './event-publisher.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';

/** After how many times `repeatAfter` an event is published again: with a minute, after that, an hour and a day. */
const FACTORS = [1, 60, 1_440];
/** How often to look for events that are due, at most, in milliseconds. */
const LOOK_EVERY = 5_000;
const BATCH = 100;

/**
 * Publishes events again whose loss nobody would notice: that something was deleted, say, of which nobody hears if the
 * queue is deleted that the event stands in. Who has heard of it changes nothing when it hears of it again.
 *
 * They are new events each time, with ids of their own, for a repeated id would be ignored; the caretaker publishes them.
 */
@Injectable()
export class Repeats implements OnApplicationBootstrap {
  private readonly logger = new Logger(Repeats.name);

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    private readonly reader: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventPublisher,
    private readonly caretaker: Caretaker,
  ) {}

  onApplicationBootstrap(): void {
    const interval = Math.min(LOOK_EVERY, this.options.repeatAfter);
    this.caretaker.every(interval, 'repeat events', () => this.publishDue());
  }

  /**
   * Publishes an event as `EventPublisher` does, and later again, a few times.
   *
   * @param manager the unit's
   * @throws StrayStatementError outside a unit of work
   */
  async publish<T extends EventType>(manager: EntityManager, type: T, data: EventData<T>): Promise<void> {
    await this.events.publish(manager, type, data);
    const event = { id: uuidv7(), type, data: JSON.stringify(data) };
    await manager.insert(RepeatedEvent, { ...event, times: 1, repeatAt: this.after(1) });
  }

  private async publishDue(): Promise<void> {
    const due = { repeatAt: LessThanOrEqual(new Date().toISOString()) };
    const found = await this.reader.manager.find(RepeatedEvent, {
      where: due,
      order: { repeatAt: 'ASC' },
      take: BATCH,
    });
    if (found.length === 0) return;
    const ids = found.map(({ id }) => id);
    const repeated = await this.unitOfWork.run(async (manager) => {
      // Another copy may have been the caretaker until a moment ago.
      const still = await manager.findBy(RepeatedEvent, { id: In(ids), ...due });
      for (const event of still) await this.repeat(manager, event);
      return still.length;
    });
    this.logger.log(`published ${repeated} events again, in case that somebody did not hear of them`);
  }

  private async repeat(manager: EntityManager, { id, type, data, times }: RepeatedEvent): Promise<void> {
    await this.events.publish(manager, type as EventType, JSON.parse(data) as EventData<EventType>);
    if (times === FACTORS.length) await manager.delete(RepeatedEvent, id);
    else await manager.update(RepeatedEvent, id, { times: times + 1, repeatAt: this.after(times + 1) });
  }

  /** When an event is published again that is published now, for the `times`th time. */
  private after(times: number): string {
    return new Date(Date.now() + this.options.repeatAfter * FACTORS[times - 1]!).toISOString();
  }
}
