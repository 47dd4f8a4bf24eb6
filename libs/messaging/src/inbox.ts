import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { InboxMessage, insertIfAbsent, UnitOfWork } from '#database';
import { Caretaker } from './caretaker.js';

/** How long handled events are remembered, in milliseconds: far longer than a message can be on its way. */
const REMEMBER_FOR = 14 * 24 * 3_600_000;
const PRUNE_EVERY = 600_000;
/** The most entries that are forgotten in one transaction. */
const PRUNE_BATCH = 1_000;

/** Remembers which events were handled, so that each takes effect once however often it is delivered. */
@Injectable()
export class Inbox implements OnApplicationBootstrap {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly caretaker: Caretaker,
  ) {}

  onApplicationBootstrap(): void {
    this.caretaker.every(PRUNE_EVERY, 'prune the inbox', () => this.prune());
  }

  /**
   * Runs `handler` and remembers the event, in one transaction; does nothing when the event was handled before.
   *
   * @param handler repeatable, as the work of a unit is
   * @returns whether the handler ran
   */
  handleOnce(eventId: string, handler: () => Promise<unknown>): Promise<boolean> {
    return this.unitOfWork.run(async (manager) => {
      const isNew = await insertIfAbsent(manager, InboxMessage, { eventId, handledAt: new Date().toISOString() });
      if (isNew) await handler();
      return isNew;
    });
  }

  /** Forgets events that were handled so long ago that they cannot come again. */
  async prune(): Promise<void> {
    const before = new Date(Date.now() - REMEMBER_FOR).toISOString();
    while ((await this.pruneBatch(before)) === PRUNE_BATCH);
  }

  private pruneBatch(before: string): Promise<number> {
    return this.unitOfWork.run(async (manager) => {
      const old = await manager.find(InboxMessage, { where: { handledAt: LessThan(before) }, take: PRUNE_BATCH });
      if (old.length > 0) await manager.delete(InboxMessage, { eventId: In(old.map(({ eventId }) => eventId)) });
      return old.length;
    });
  }
}
