import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.js';

const drawn = (sut: RetryBudget): number => {
  let count = 0;
  while (sut.withdraw()) count += 1;
  return count;
};

describe(RetryBudget.name, () => {
  it('allows some retries at once, and from then on one for ten requests', () => {
    const sut = new RetryBudget();
    expect(drawn(sut)).toBe(20);
    for (let i = 0; i < 105; i++) sut.deposit();
    expect(drawn(sut)).toBe(10);
  });

  it('saves up no more than some', () => {
    const sut = new RetryBudget();
    for (let i = 0; i < 10_000; i++) sut.deposit();
    expect(drawn(sut)).toBe(20);
  });
});
