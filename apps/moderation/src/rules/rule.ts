import type { EntityManager } from 'typeorm';
import type { Comment, VerdictReason } from '#contracts';

/** What a rule looks at. */
export type JudgedComment = Pick<Comment, 'id' | 'content'>;

/** What a rule says, and a sentence for moderators and for the author. It does not repeat what is blocked. */
export type Finding = Omit<VerdictReason, 'rule'>;

/** One rule of moderation. To add one, write its class and put it into `createRules`. */
export interface Rule {
  /** What its reasons are signed with. */
  readonly name: string;

  /** @param manager the unit of work's, for rules that look at other cases */
  judge(comment: JudgedComment, manager: EntityManager): Finding | Promise<Finding>;
}
