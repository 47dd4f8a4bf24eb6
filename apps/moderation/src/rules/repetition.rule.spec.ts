import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Comment } from '#contracts';
import { aComment, deletionOf, ModerationFixture } from '../../test/moderation.fixture.js';
import { Case } from '../cases/case.entity.js';
import { RepetitionRule } from './repetition.rule.js';

const TEXT = 'Buy it now, friends';

/** Comments with the same text, as far as the rule is to see. */
const repeated = (times: number, text = TEXT): Comment[] =>
  Array.from({ length: times }, (_, index) => aComment(index % 2 ? `${text.toUpperCase()}!` : text));

describe(RepetitionRule.name, () => {
  let fixture: ModerationFixture;

  beforeEach(async () => {
    fixture = await ModerationFixture.open();
  });

  afterEach(() => fixture.close());

  it.each([
    [3, 'approved'],
    [4, 'review'],
    [10, 'review'],
    [11, 'rejected'],
  ])('makes the last of %i comments with the same text %s', async (times, state) => {
    const comments = repeated(times);
    await fixture.judge(...comments);
    expect(await fixture.stateOf(comments.at(-1)!)).toBe(state);
  });

  it('is seen among comments that come at the same time', async () => {
    const comments = repeated(4);
    await Promise.all(comments.map((comment) => fixture.service.judge(comment)));
    expect(await fixture.stateOf(comments.at(-1)!)).toBe('review');
  });

  it('does not count short texts', async () => {
    const comments = repeated(12, 'Thank you.');
    await fixture.judge(...comments);
    expect(await fixture.stateOf(comments.at(-1)!)).toBe('approved');
  });

  it('does not count the comment itself, edited or not', async () => {
    const comment = aComment(TEXT);
    await fixture.judge(...[1, 2, 3, 4, 5, 6].map((version) => ({ ...comment, version })));
    expect(await fixture.stateOf(comment)).toBe('approved');
  });

  it('does not count what was judged more than 24 hours ago', async () => {
    await fixture.judge(...repeated(3));
    const updatedAt = new Date(Date.now() - 24 * 3_600_000 - 1_000).toISOString();
    await fixture.unitOfWork.run((manager) => manager.updateAll(Case, { updatedAt }));
    const late = aComment(TEXT);
    await fixture.service.judge(late);
    expect(await fixture.stateOf(late)).toBe('approved');
  });

  it('does not count deleted comments', async () => {
    const comments = repeated(3);
    await fixture.judge(...comments);
    await fixture.service.forgetComment(deletionOf(comments[0]!));
    const late = aComment(TEXT);
    await fixture.service.judge(late);
    expect(await fixture.stateOf(late)).toBe('approved');
  });
});
