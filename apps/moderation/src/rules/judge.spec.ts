import type { EntityManager } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { Decision } from '#contracts';
import { Judge } from './judge.js';

const manager = {} as EntityManager;
const comment = { id: '', content: 'text' };
const judgeOf = (...decisions: Decision[]): Judge =>
  new Judge(
    decisions.map((decision, index) => ({ name: `rule-${index}`, judge: () => ({ decision, reason: decision }) })),
  );

describe(Judge.name, () => {
  it.each<[Decision[], string]>([
    [[], 'approved'],
    [['approve', 'approve'], 'approved'],
    [['approve', 'review'], 'review'],
    [['review', 'reject', 'approve'], 'rejected'],
  ])('sums %j up as %s', async (decisions, state) => {
    const sut = judgeOf(...decisions);
    await expect(sut.judge(comment, manager)).resolves.toMatchObject({ state });
  });

  it('gives the reasons of all rules, also of those after a rejection', async () => {
    const sut = judgeOf('reject', 'approve');
    const { reasons } = await sut.judge(comment, manager);
    expect(reasons).toEqual([
      { rule: 'rule-0', decision: 'reject', reason: 'reject' },
      { rule: 'rule-1', decision: 'approve', reason: 'approve' },
    ]);
  });
});
