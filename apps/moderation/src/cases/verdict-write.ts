import type { ModerationCase, VerdictReason, Write } from '#contracts';
import { sumUp } from '../rules/judge.js';

/**
 * What the comment of a case comes to by a person's verdict. Each verdict on its text changes its status, as the same one
 * again makes no new case, and each change of status is one version of the comment.
 */
export const writeOf = (
  { postId, commentId, commentVersion, reasons }: ModerationCase,
  status: 'approved' | 'rejected',
): Write => ({
  thing: 'verdict',
  postId,
  id: commentId,
  version: commentVersion + verdictsIn(reasons),
  textVersion: commentVersion,
  status,
});

/** How many verdicts there were on the text: the rules give one, unless a person was to look first. */
function verdictsIn(reasons: VerdictReason[]): number {
  const rules = reasons.filter(({ rule }) => rule !== 'person');
  const byRules = sumUp(rules.map(({ decision }) => decision)) === 'review' ? 0 : 1;
  return byRules + reasons.length - rules.length;
}
