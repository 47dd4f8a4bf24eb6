import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { type CaseState, type Comment, type CommentDeleted, CommentModerated, type PostDeleted } from '#contracts';
import { OutboxMessage, UnitOfWork } from '#database';
import { parseEnv } from '#service';
import { AppModule } from '../src/app.module.js';
import { Case } from '../src/cases/case.entity.js';
import { CasesService } from '../src/cases/cases.service.js';
import { moderationEnv } from '../src/env.js';

/** A text that waits for a person. */
export const DOUBTFUL = 'http://a.example http://b.example http://c.example';

/** A comment as the comments service publishes it. */
export const aComment = (content = 'What a fine post!', overrides: Partial<Comment> = {}): Comment => {
  const now = new Date().toISOString();
  const ids = { id: uuidv7(), postId: uuidv7() };
  return { ...ids, content, status: 'pending', createdAt: now, updatedAt: now, version: 1, ...overrides };
};

/** The end of that comment. */
export const deletionOf = ({ id, postId, version }: Comment): CommentDeleted => {
  return { id, postId, deletedAt: new Date().toISOString(), version: version + 1 };
};

/** The end of that comment's post. */
export const postDeletionOf = ({ postId }: Comment): PostDeleted => {
  return { id: postId, deletedAt: new Date().toISOString(), version: 2 };
};

/** The moderation service on a database file of its own, without RabbitMQ: what it publishes stays in the outbox. */
export class ModerationFixture {
  private constructor(
    private readonly module: TestingModule,
    private readonly folder: string,
  ) {}

  static async open(): Promise<ModerationFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
    const env = parseEnv(moderationEnv, { DATABASE_URL: `sqlite:${folder}/moderation.db`, PORT: '0' });
    // Compiled, but not initialised: nothing connects.
    const module = await Test.createTestingModule({ imports: [AppModule.forRoot(env)] }).compile();
    return new ModerationFixture(module, folder);
  }

  async close(): Promise<void> {
    await this.module.close();
    await rm(this.folder, { recursive: true });
  }

  get service(): CasesService {
    return this.module.get(CasesService);
  }

  get unitOfWork(): UnitOfWork {
    return this.module.get(UnitOfWork);
  }

  /** Judges them one after the other. */
  async judge(...comments: Comment[]): Promise<void> {
    for (const comment of comments) await this.service.judge(comment);
  }

  async stateOf({ id }: Comment): Promise<CaseState> {
    return (await this.service.get(id)).state;
  }

  /** The rows of the table, tombstones included. */
  rows(): Promise<Case[]> {
    return this.module.get(DataSource).getRepository(Case).find();
  }

  /** The verdicts that were published, oldest first. */
  async published(): Promise<CommentModerated[]> {
    const outbox = this.module.get(DataSource).getRepository(OutboxMessage);
    const messages = await outbox.find({ where: { type: 'comment.moderated' }, order: { eventId: 'ASC' } });
    return messages.map(({ body }) => CommentModerated.parse((JSON.parse(body) as { data: unknown }).data));
  }
}
