import { Inject, Injectable } from '@nestjs/common';
import { concat, concatMap, filter, firstValueFrom, fromEvent, merge, of, takeUntil, timer } from 'rxjs';
import type { Write } from '#contracts';
import { ChangesService } from '../changes/changes.service.js';
import { SeenWrites } from './seen-writes.js';

/** Injection token of how long a read waits for a write, in milliseconds. */
export const CONSISTENCY_WAIT = Symbol('ConsistencyWait');

/** The most reads that wait at once; further ones are told at once that the read model is behind. */
const MOST_WAITING = 500;

/** Lets reads wait until the read model has seen certain writes. Each copy of query looks at its own database. */
@Injectable()
export class ConsistencyService {
  private waiting = 0;

  constructor(
    private readonly seen: SeenWrites,
    private readonly changes: ChangesService,
    @Inject(CONSISTENCY_WAIT) readonly wait: number,
  ) {}

  /**
   * Waits until all of `writes` have been seen, unless it takes too long, too many wait already, or the client is `gone`.
   *
   * @returns whether they have been seen
   */
  async reach(writes: Write[], gone: AbortSignal): Promise<boolean> {
    const deadline = Date.now() + this.wait;
    for (const write of writes) {
      if (!(await this.seen.has(write)) && !(await this.await(write, deadline, gone))) return false;
    }
    return true;
  }

  private async await(write: Write, deadline: number, gone: AbortSignal): Promise<boolean> {
    if (this.waiting >= MOST_WAITING) return false;
    this.waiting += 1;
    try {
      return await this.shown(write, deadline, gone);
    } finally {
      this.waiting -= 1;
    }
  }

  /** Looks now, at each change of the thing or of its post, and for a last time in the end. */
  private shown(write: Write, deadline: number, gone: AbortSignal): Promise<boolean> {
    const concerns = (id: string): boolean => id === write.postId || (write.thing !== 'post' && id === write.id);
    const changes = merge(of(''), this.changes.changedIds.pipe(filter(concerns)));
    const over = merge(timer(Math.max(deadline - Date.now(), 0)), fromEvent(gone, 'abort'));
    const looks = concat(changes.pipe(takeUntil(over)), of('')).pipe(concatMap(() => this.seen.has(write)));
    return firstValueFrom(looks.pipe(filter(Boolean)), { defaultValue: false });
  }
}
