import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { type Backlog, backlogOf } from '#database';

/** Comments that came before their post: kept, and shown when it comes. */
@Injectable()
export class ParkedComments {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async backlog(): Promise<Backlog> {
    const [found] = await this.database.query<{ waiting: number; oldest: string | null }[]>(
      'SELECT count(*) AS waiting, min(createdAt) AS oldest FROM comments WHERE parked = 1',
    );
    return backlogOf(found!.waiting, found!.oldest);
  }

  /** Their post is here. Written out, for SQLite to know that the partial index will do. */
  async release(manager: EntityManager, postId: string): Promise<void> {
    await manager.query('UPDATE comments SET parked = 0 WHERE postId = ? AND parked = 1', [postId]);
  }
}
