import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Subject } from 'rxjs';
import { type EntityManager, LessThanOrEqual, MoreThan, type Repository } from 'typeorm';
import type { ReadModelChange } from '#contracts';
import { UnitOfWork } from '#database';
import { EventLogServer } from '#messaging';
import { RecordedChange } from './recorded-change.entity.js';

/** How far back changes are kept, counted in offsets of the event log. */
const KEPT = 10_000;
/** How often, in offsets, older ones are forgotten. */
const PRUNE_EVERY = 500;

/** The changes of the read model: recorded with what they change, told to listeners once committed. */
@Injectable()
export class ChangesService {
  private readonly committed = new Subject<RecordedChange>();
  /** Each change after its commit, in the order of the event log. */
  readonly live = this.committed.asObservable();
  private readonly touched = new Subject<string>();
  /** The id of the post or comment that each change is about, after its commit. */
  readonly changedIds = this.touched.asObservable();

  constructor(
    @InjectRepository(RecordedChange) private readonly changes: Repository<RecordedChange>,
    private readonly unitOfWork: UnitOfWork,
    private readonly log: EventLogServer,
  ) {}

  /** The offset up to which the read model has come; -1 before the first event. */
  get offset(): number {
    return this.log.offset;
  }

  /** Records a change, as part of the unit of work that makes it. */
  async record(manager: EntityManager, offset: number, change: ReadModelChange): Promise<void> {
    const recorded: RecordedChange = { offset, type: change.type, data: JSON.stringify(change.data) };
    await manager.insert(RecordedChange, recorded);
    if (offset % PRUNE_EVERY === 0) await manager.delete(RecordedChange, { offset: LessThanOrEqual(offset - KEPT) });
    this.unitOfWork.afterCommit(() => {
      this.committed.next(recorded);
      if (change.type !== 'reset') this.touched.next(idOf(change));
    });
  }

  /** The changes after `offset`, oldest first. */
  after(offset: number, limit: number): Promise<RecordedChange[]> {
    return this.changes.find({ where: { offset: MoreThan(offset) }, order: { offset: 'ASC' }, take: limit });
  }

  /** Whether every change after `offset` can still be told. */
  reachesBackTo(offset: number): boolean {
    return offset >= this.offset - KEPT && offset <= this.offset;
  }
}

const idOf = ({ data }: Exclude<ReadModelChange, { type: 'reset' }>): string =>
  'comment' in data ? data.comment.id : data.id;
