import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { InboxMessage, UnitOfWork } from '#database';

/** How long handled events are remembered, in milliseconds: far longer than a message can be on its way. */
const REMEMBER_FOR = 14 * 24 * 3_600_000;
const PRUNE_EVERY = 3_600_000;

/** Remembers which events were handled, so that each takes effect once however often it is delivered. */
@Injectable()
export class Inbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private pruning: NodeJS.Timeout | undefined;

  constructor(private readonly unitOfWork: UnitOfWork) {}

  onApplicationBootstrap(): void {
    this.pruning = setInterval(() => void this.prune().catch(() => undefined), PRUNE_EVERY).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.pruning);
  }

  /**
   * Runs `handler` and remembers the event, in one transaction; does nothing when the event was handled before.
   *
   * @returns whether the handler ran
   */
  handleOnce(eventId: string, handler: () => Promise<unknown>): Promise<boolean> {
    return this.unitOfWork.run(async (manager) => {
      if (await manager.existsBy(InboxMessage, { eventId })) return false;
      await manager.insert(InboxMessage, { eventId, handledAt: new Date().toISOString() });
      await handler();
      return true;
    });
  }

  /** Forgets events that were handled so long ago that they cannot come again. */
  prune(): Promise<unknown> {
    const before = new Date(Date.now() - REMEMBER_FOR).toISOString();
    return this.unitOfWork.run((manager) => manager.delete(InboxMessage, { handledAt: LessThan(before) }));
  }
}
