import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, LessThanOrEqual, type Repository } from 'typeorm';
import { type Backlog, backlogOf, Outbox, UnitOfWork } from '#database';
import { Caretaker, EventPublisher } from '#messaging';
import { Comment } from '../comments/comment.entity.js';
import { toBody } from '../comments/comment-body.js';
import { AnnouncementSchedule } from './announcement-schedule.js';

/** How often to look for comments that are due, at most, in milliseconds. */
const LOOK_EVERY = 2_000;
/** The most comments that are announced again each time: many that are due at once shall not flood the others. */
const BATCH = 100;
/** While an event waits in the outbox for longer, it is RabbitMQ that is waited for, and more events do not help. */
const OUTBOX_STUCK_AFTER = 5;

/** Written out, for SQLite to know by it that the partial index will do. */
const PENDING = `comment.status = 'pending'`;

/**
 * Comments that wait for their verdict. One whose verdict does not come is announced again, by the caretaker: an event
 * may have been lost that was in a queue which somebody deleted, or its verdict in another.
 *
 * The new event tells what the first one did, with an id of its own: so moderation takes it for news and answers.
 */
@Injectable()
export class PendingComments implements OnApplicationBootstrap {
  private readonly logger = new Logger(PendingComments.name);

  constructor(
    @InjectRepository(Comment) private readonly comments: Repository<Comment>,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventPublisher,
    private readonly outbox: Outbox,
    private readonly caretaker: Caretaker,
    private readonly schedule: AnnouncementSchedule,
  ) {}

  onApplicationBootstrap(): void {
    const interval = Math.min(LOOK_EVERY, this.schedule.first);
    this.caretaker.every(interval, 'announce pending comments again', () => this.announceDue());
  }

  /** How many comments are pending, and for how long. */
  async backlog(): Promise<Backlog> {
    const found = await this.comments
      .createQueryBuilder('comment')
      .select('count(*)', 'waiting')
      .addSelect('min(comment.updatedAt)', 'oldest')
      .where(PENDING)
      .getRawOne<{ waiting: number | string; oldest: string | null }>();
    return backlogOf(Number(found!.waiting), found!.oldest);
  }

  /** Announces comments again whose time has come, the one first that waits longest. */
  async announceDue(): Promise<void> {
    const now = new Date().toISOString();
    const due = await this.comments
      .createQueryBuilder('comment')
      .select('comment.id', 'id')
      .where(PENDING)
      .andWhere('comment.announceAgainAt <= :now', { now })
      .orderBy('comment.announceAgainAt')
      .limit(BATCH)
      .getRawMany<{ id: string }>();
    if (due.length === 0 || (await this.outbox.backlog()).oldestSeconds > OUTBOX_STUCK_AFTER) return;
    const ids = due.map(({ id }) => id);
    const announced = await this.unitOfWork.run((manager) => this.announce(manager, ids, now));
    if (announced > 0) this.logger.log(`announced ${announced} comments again that wait for their verdict`);
  }

  /** Those of them that nobody has judged, edited or announced meanwhile. */
  private async announce(manager: EntityManager, ids: string[], now: string): Promise<number> {
    const stillDue = { id: In(ids), status: 'pending', announceAgainAt: LessThanOrEqual(now) } as const;
    const comments = await manager.findBy(Comment, stillDue);
    for (const comment of comments) {
      await manager.update(Comment, comment.id, this.schedule.announced(comment.timesAnnounced + 1));
      await this.events.publish(manager, comment.version === 1 ? 'comment.created' : 'comment.edited', toBody(comment));
    }
    return comments.length;
  }
}
