import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventData, EventType } from '#contracts';
import { OutboxMessage, UnitOfWork } from '#database';
import { createEvent } from './event-envelope.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { OutboxRelay } from './outbox-relay.js';

/** Tells the other services what happened. */
@Injectable()
export class EventPublisher {
  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: OutboxRelay,
  ) {}

  /**
   * Stores an event in the outbox, as part of the unit of work that makes it true; it is published after the commit,
   * as soon as RabbitMQ can be reached. Rolled back with the unit.
   *
   * @param manager the unit's
   * @throws StrayStatementError outside a unit of work
   */
  async publish<T extends EventType>(manager: EntityManager, type: T, data: EventData<T>): Promise<void> {
    const event = createEvent(this.options.service, type, data);
    await manager.insert(OutboxMessage, {
      eventId: event.id,
      type,
      body: JSON.stringify(event),
      owner: this.options.instance,
      createdAt: event.time,
    });
    this.unitOfWork.afterCommit(() => this.relay.wake());
  }
}
