import { describe, expect, it } from 'vitest';
import type { Decision, ModerationCase, VerdictReason } from '#contracts';
import { writeOf } from './verdict-write.js';

const reason = (rule: string, decision: Decision): VerdictReason => ({ rule, decision, reason: '' });
const aCase = (...reasons: VerdictReason[]) =>
  ({ commentId: 'a comment', postId: 'a post', commentVersion: 3, version: 9, reasons }) as unknown as ModerationCase;
const person = (decision: Decision) => reason('person', decision);

describe(writeOf.name, () => {
  it('names the text, the status and the version in which the comment has it', () => {
    const write = writeOf(aCase(reason('links', 'review'), person('approve')), 'approved');
    expect(write).toEqual({
      thing: 'verdict',
      postId: 'a post',
      id: 'a comment',
      version: 4,
      textVersion: 3,
      status: 'approved',
    });
  });

  it.each<[string, VerdictReason[], number]>([
    ['of the rules, which a person confirmed', [reason('links', 'approve')], 1],
    ['that overrules the rules', [reason('links', 'approve'), person('reject')], 2],
    [
      'that overrules rules of which one wanted a person',
      [reason('a', 'review'), reason('b', 'reject'), person('approve')],
      2,
    ],
    ['that the rules left to a person', [reason('a', 'review'), reason('b', 'approve'), person('reject')], 1],
    ['that overrules another person', [reason('a', 'review'), person('reject'), person('approve')], 2],
  ])('counts the verdicts on the text: one %s', (_what, reasons, verdicts) => {
    expect(writeOf(aCase(...reasons), 'approved').version).toBe(3 + verdicts);
  });
});
