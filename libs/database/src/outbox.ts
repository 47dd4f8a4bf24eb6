import { type DataSource, type EntityManager, type FindManyOptions, In, Not } from 'typeorm';
import { type Backlog, backlogOf } from './backlog.js';
import { OutboxMessage } from './outbox-message.entity.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Which messages to take. */
export interface OutboxFilter {
  /** Written by one of these instances. */
  owners: string[];
  /** Of none of these types. */
  withoutTypes: string[];
  limit: number;
}

/** Publishes messages, and says by their ids which of them RabbitMQ has. */
export type Publish = (messages: OutboxMessage[]) => Promise<string[]>;

/** The messages that wait to be published. */
export abstract class Outbox {
  constructor(protected readonly reader: DataSource) {}

  /**
   * Hands the oldest messages to `publish`, and deletes those that it published. A crash in between publishes some again.
   *
   * @returns how many were published
   */
  abstract take(filter: OutboxFilter, publish: Publish): Promise<number>;

  /** How many messages wait. */
  count(): Promise<number> {
    return this.reader.manager.count(OutboxMessage);
  }

  /** How many messages wait, those of other copies included, and how long the oldest has. */
  async backlog(): Promise<Backlog> {
    const waiting = await this.count();
    const [oldest] = await this.reader.manager.find(OutboxMessage, {
      select: { eventId: true, createdAt: true },
      order: { eventId: 'ASC' },
      take: 1,
    });
    return backlogOf(waiting, oldest?.createdAt);
  }

  /** The instances that have messages waiting. */
  async owners(): Promise<string[]> {
    const rows = await this.reader.manager
      .createQueryBuilder(OutboxMessage, 'message')
      .select('DISTINCT message.owner', 'owner')
      .getRawMany<{ owner: string }>();
    return rows.map(({ owner }) => owner);
  }

  protected oldest({ owners, withoutTypes, limit }: OutboxFilter): FindManyOptions<OutboxMessage> {
    const type = withoutTypes.length > 0 ? { type: Not(In(withoutTypes)) } : {};
    return { where: { owner: In(owners), ...type }, order: { eventId: 'ASC' }, take: limit };
  }
}

/** On SQLite nothing is locked while messages are published: it would keep everybody from writing. */
export class SqliteOutbox extends Outbox {
  constructor(
    reader: DataSource,
    private readonly unitOfWork: UnitOfWork,
  ) {
    super(reader);
  }

  override async take(filter: OutboxFilter, publish: Publish): Promise<number> {
    const messages = await this.reader.manager.find(OutboxMessage, this.oldest(filter));
    const published = messages.length > 0 ? await publish(messages) : [];
    if (published.length > 0) await this.unitOfWork.run((manager) => remove(manager, published));
    return published.length;
  }
}

/**
 * On PostgreSQL the messages are locked until they are published and deleted, and what others have locked is skipped: no
 * two copies publish the same message at once, whatever they believe about each other.
 */
export class PostgresOutbox extends Outbox {
  constructor(
    reader: DataSource,
    private readonly writer: DataSource,
  ) {
    super(reader);
  }

  override async take(filter: OutboxFilter, publish: Publish): Promise<number> {
    // An idle relay looks often: without a lock that is cheaper.
    if (!(await this.reader.manager.exists(OutboxMessage, { where: this.oldest(filter).where! }))) return 0;
    return this.writer.transaction('READ COMMITTED', async (manager) => {
      const lock = { mode: 'pessimistic_write', onLocked: 'skip_locked' } as const;
      const messages = await manager.find(OutboxMessage, { ...this.oldest(filter), lock });
      const published = messages.length > 0 ? await publish(messages) : [];
      if (published.length > 0) await remove(manager, published);
      return published.length;
    });
  }
}

const remove = (manager: EntityManager, eventIds: string[]): Promise<unknown> =>
  manager.delete(OutboxMessage, { eventId: In(eventIds) });
