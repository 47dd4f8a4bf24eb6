import type { Comment } from '../comments/comment.entity.js';

/** However often a comment was announced, it is again after an hour, in milliseconds. */
const MOST = 3_600_000;

/** When a comment that is still pending is announced again: after a while, and twice as late each time. */
export class AnnouncementSchedule {
  /** @param first how long after the first time, in milliseconds */
  constructor(readonly first: number) {}

  /** What a comment has to remember that is announced now, for the `times`th time. */
  announced(times: number, now = Date.now()): Pick<Comment, 'announceAgainAt' | 'timesAnnounced'> {
    const wait = Math.min(this.first * 2 ** (times - 1), Math.max(this.first, MOST));
    return { timesAnnounced: times, announceAgainAt: new Date(now + wait).toISOString() };
  }
}
