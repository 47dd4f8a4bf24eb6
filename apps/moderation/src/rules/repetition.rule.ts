import { type EntityManager, MoreThan, Not } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { fingerprint } from './fingerprint.js';
import type { Finding, JudgedComment, Rule } from './rule.js';

/** Shorter texts ("Thank you!") are often the same by chance. */
const SHORTEST = 12;
const WINDOW = 24 * 3_600_000;
/** How many other comments with the same text lead to which decision. */
const TO_REVIEW = 3;
const TO_REJECT = 10;

/** The same text again and again, under whichever posts. */
export class RepetitionRule implements Rule {
  readonly name = 'repetition';

  async judge(comment: JudgedComment, manager: EntityManager): Promise<Finding> {
    if ([...comment.content.trim()].length < SHORTEST) {
      return { decision: 'approve', reason: 'The text is too short to count as repeated.' };
    }
    const others = await this.countOthers(comment, manager);
    const reason = `${others} other comments of the last 24 hours have the same text.`;
    if (others >= TO_REJECT) return { decision: 'reject', reason };
    return { decision: others >= TO_REVIEW ? 'review' : 'approve', reason };
  }

  /** Through the unit of work's manager, which sees what the units before it in the same transaction judged. */
  private countOthers({ id, content }: JudgedComment, manager: EntityManager): Promise<number> {
    const since = new Date(Date.now() - WINDOW).toISOString();
    return manager.countBy(Case, {
      textHash: fingerprint(content),
      updatedAt: MoreThan(since),
      commentId: Not(id),
    });
  }
}
