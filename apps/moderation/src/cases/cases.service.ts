import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, MoreThan, Not, type Repository } from 'typeorm';
import type {
  CaseState,
  Comment,
  CommentDeleted,
  GiveVerdict,
  ListCases,
  ModerationCase,
  PostDeleted,
} from '#contracts';
import { UnitOfWork } from '#database';
import { EventPublisher, Repeats } from '#messaging';
import { ProblemException } from '#service';
import { fingerprint } from '../rules/fingerprint.js';
import { Judge } from '../rules/judge.js';
import { Case } from './case.entity.js';
import { DeletedPost } from './deleted-post.entity.js';

/**
 * The cases: one per comment, from the first event that tells of it. Events may come twice and in any order, so each
 * is applied only when it is newer than what is held, and what is deleted stays deleted.
 */
@Injectable()
export class CasesService {
  constructor(
    @InjectRepository(Case) private readonly cases: Repository<Case>,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventPublisher,
    private readonly repeats: Repeats,
    private readonly rules: Judge,
  ) {}

  /**
   * Judges a comment's text by the rules and tells the others, unless the comment is to wait for a person. Asked again
   * about the text that it judged last, it repeats the verdict: the first one may not have arrived.
   */
  judge(comment: Comment): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      if (await manager.existsBy(DeletedPost, { postId: comment.postId })) return;
      const before = await manager.findOneBy(Case, { commentId: comment.id });
      if (before && (before.state === 'deleted' || before.commentVersion > comment.version)) return;
      if (before?.commentVersion === comment.version) return this.announce(manager, before);
      const verdict = await this.rules.judge(comment, manager);
      const judged = { ...caseOf(comment, before), ...verdict };
      await manager.upsert(Case, judged, ['commentId']);
      await this.announce(manager, judged);
    });
  }

  /** Forgets a comment's text and remembers that the comment is gone. */
  forgetComment({ id, postId, version }: CommentDeleted): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      if (await manager.existsBy(DeletedPost, { postId })) return;
      const before = await manager.findOneBy(Case, { commentId: id });
      if (before?.state === 'deleted') return;
      const empty = caseOf({ id, postId, version, content: '' }, before);
      const deleted: Case = { ...empty, textHash: '', state: 'deleted', reasons: [] };
      await manager.upsert(Case, deleted, ['commentId']);
    });
  }

  /** Forgets the cases of all the post's comments, and remembers that the post is gone. */
  forgetPost({ id, deletedAt }: PostDeleted): Promise<void> {
    return this.unitOfWork.run(async (manager) => {
      await manager.upsert(DeletedPost, { postId: id, deletedAt }, ['postId']);
      await manager.delete(Case, { postId: id });
    });
  }

  /** Oldest first, after the case of the comment `cursor`. */
  async list({ state, limit, cursor }: ListCases): Promise<ModerationCase[]> {
    const found = await this.cases.find({
      where: { state: state ?? Not('deleted'), ...(cursor && { commentId: MoreThan(cursor) }) },
      order: { commentId: 'ASC' },
      take: limit,
    });
    return found.map(toBody);
  }

  /** @throws ProblemException `not-found` */
  async get(commentId: string): Promise<ModerationCase> {
    return toBody(await this.findOrFail(this.cases.manager, commentId));
  }

  /**
   * Applies a person's verdict, which also overrules an earlier one. The status that the case has already makes no new
   * version.
   *
   * @throws ProblemException `not-found`
   */
  decide(commentId: string, { status, reason }: GiveVerdict): Promise<ModerationCase> {
    return this.unitOfWork.run(async (manager) => {
      const before = await this.findOrFail(manager, commentId);
      if (before.state === status) return toBody(before);
      const decision = status === 'approved' ? 'approve' : 'reject';
      const reasons = [...before.reasons, { rule: 'person', decision, reason } as const];
      const updatedAt = new Date().toISOString();
      const after: Case = { ...before, state: status, reasons, updatedAt, version: before.version + 1 };
      await manager.update(Case, commentId, after);
      // The comment may have a verdict already: then it is not pending, and nobody asks for this one.
      await this.announce(manager, after, this.repeats);
      return toBody(after);
    });
  }

  private async announce(
    manager: EntityManager,
    judged: Case,
    publisher: Pick<EventPublisher, 'publish'> = this.events,
  ): Promise<void> {
    const { commentId, postId, commentVersion, state, reasons, updatedAt, version } = judged;
    if (state !== 'approved' && state !== 'rejected') return;
    const verdict = { commentId, postId, commentVersion, status: state, reasons, moderatedAt: updatedAt, version };
    await publisher.publish(manager, 'comment.moderated', verdict);
  }

  private async findOrFail(manager: EntityManager, commentId: string): Promise<Case> {
    const found = await manager.findOneBy(Case, { commentId, state: Not('deleted') });
    if (!found) throw new ProblemException('not-found', `There is no moderation case of a comment ${commentId}.`);
    return found;
  }
}

/** The next state of a comment's case, without its verdict. */
function caseOf(
  { id, postId, content, version }: Pick<Comment, 'id' | 'postId' | 'content' | 'version'>,
  before: Case | null,
): Omit<Case, 'state' | 'reasons'> {
  const now = new Date().toISOString();
  return {
    commentId: id,
    postId,
    content,
    textHash: fingerprint(content),
    commentVersion: version,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
    version: (before?.version ?? 0) + 1,
  };
}

/** A case as it is answered; one that is deleted is not. */
const toBody = (found: Case): ModerationCase => ({
  commentId: found.commentId,
  postId: found.postId,
  content: found.content,
  commentVersion: found.commentVersion,
  state: found.state as CaseState,
  reasons: found.reasons,
  createdAt: found.createdAt,
  updatedAt: found.updatedAt,
  version: found.version,
});
