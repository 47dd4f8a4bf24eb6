import type { EntityManager } from 'typeorm';
import type { CaseState, Decision, VerdictReason } from '#contracts';
import type { JudgedComment, Rule } from './rule.js';

/** What all rules together say. */
export interface Judgement {
  state: CaseState;
  /** One of each rule. */
  reasons: VerdictReason[];
}

/** Asks every rule, and sums up: one that rejects is enough, then one that wants a person to look. */
export class Judge {
  constructor(private readonly rules: Rule[]) {}

  /** @param manager the unit of work's */
  async judge(comment: JudgedComment, manager: EntityManager): Promise<Judgement> {
    const reasons: VerdictReason[] = [];
    for (const rule of this.rules) {
      const { decision, reason } = await rule.judge(comment, manager);
      reasons.push({ rule: rule.name, decision, reason });
    }
    return { state: sumUp(reasons.map(({ decision }) => decision)), reasons };
  }
}

/** What comes of these decisions of rules. */
export function sumUp(decisions: Decision[]): CaseState {
  if (decisions.includes('reject')) return 'rejected';
  return decisions.includes('review') ? 'review' : 'approved';
}
