import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProblemException } from '#service';
import { aComment, deletionOf, DOUBTFUL, ModerationFixture } from '../../test/moderation.fixture.js';
import { CasesService } from './cases.service.js';

const notFound = expect.objectContaining({ code: 'not-found' }) as ProblemException;

describe(`${CasesService.name}, a person's verdict`, () => {
  let fixture: ModerationFixture;
  let sut: CasesService;

  beforeEach(async () => {
    fixture = await ModerationFixture.open();
    sut = fixture.service;
  });

  afterEach(() => fixture.close());

  it.each([
    ['approved', 'approve'],
    ['rejected', 'reject'],
  ] as const)('%s decides a case that waits', async (status, decision) => {
    const comment = aComment(DOUBTFUL);
    await sut.judge(comment);
    const decided = await sut.decide(comment.id, { status, reason: 'I looked' });
    expect(decided).toMatchObject({ state: status, version: 2 });
    expect(decided.reasons).toHaveLength(4);
    expect(decided.reasons.at(-1)).toEqual({ rule: 'person', decision, reason: 'I looked' });
    expect(await sut.get(comment.id)).toEqual(decided);
    expect(await fixture.published()).toMatchObject([
      { status, commentVersion: 1, version: 2, reasons: decided.reasons },
    ]);
  });

  it('overrules the rules and earlier verdicts', async () => {
    const comment = aComment('What a shitty post!');
    await sut.judge(comment);
    await sut.decide(comment.id, { status: 'approved', reason: 'a quotation' });
    await sut.decide(comment.id, { status: 'rejected', reason: 'not quite' });
    const statuses = (await fixture.published()).map(({ status, version }) => [status, version]);
    expect(statuses).toEqual([
      ['rejected', 1],
      ['approved', 2],
      ['rejected', 3],
    ]);
  });

  it('makes no new version when the case has the status already', async () => {
    const comment = aComment();
    await sut.judge(comment);
    const before = await sut.get(comment.id);
    expect(await sut.decide(comment.id, { status: 'approved', reason: 'fine' })).toEqual(before);
    expect(await fixture.published()).toHaveLength(1);
  });

  it('is not for cases that are unknown or deleted', async () => {
    const comment = aComment();
    const verdict = { status: 'approved', reason: 'fine' } as const;
    await expect(sut.decide(comment.id, verdict)).rejects.toEqual(notFound);
    await sut.judge(comment);
    await sut.forgetComment(deletionOf(comment));
    await expect(sut.decide(comment.id, verdict)).rejects.toEqual(notFound);
  });
});
