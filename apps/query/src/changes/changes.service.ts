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
  async record(manager: EntityManager, offset: number, { type, data }: ReadModelChange): Promise<void> {
    const change: RecordedChange = { offset, type, data: JSON.stringify(data) };
    await manager.insert(RecordedChange, change);
    if (offset % PRUNE_EVERY === 0) await manager.delete(RecordedChange, { offset: LessThanOrEqual(offset - KEPT) });
    this.unitOfWork.afterCommit(() => this.committed.next(change));
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
