import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListCases } from '#contracts';
import type { ProblemException } from '#service';
import { aComment, DOUBTFUL, ModerationFixture } from '../../test/moderation.fixture.js';
import { CasesService } from './cases.service.js';

const notFound = expect.objectContaining({ code: 'not-found' }) as ProblemException;

describe(CasesService.name, () => {
  let fixture: ModerationFixture;
  let sut: CasesService;

  beforeEach(async () => {
    fixture = await ModerationFixture.open();
    sut = fixture.service;
  });

  afterEach(() => fixture.close());

  const idsOf = async (query: ListCases) => (await sut.list(query)).map(({ commentId }) => commentId);

  it('approves an ordinary comment, with the reasons of all rules', async () => {
    const comment = aComment();
    await sut.judge(comment);
    const found = await sut.get(comment.id);
    expect(found).toMatchObject({ state: 'approved', content: comment.content, commentVersion: 1, version: 1 });
    expect(found.reasons.map(({ rule }) => rule)).toEqual(['blocked-words', 'links', 'repetition']);
    expect(await fixture.published()).toEqual([
      {
        commentId: comment.id,
        postId: comment.postId,
        commentVersion: 1,
        status: 'approved',
        reasons: found.reasons,
        moderatedAt: found.updatedAt,
        version: 1,
      },
    ]);
  });

  it('rejects a comment with a blocked word', async () => {
    const comment = aComment('f u c k this');
    await sut.judge(comment);
    expect(await fixture.published()).toMatchObject([{ commentId: comment.id, status: 'rejected' }]);
  });

  it('publishes nothing while a comment waits for a person', async () => {
    const comment = aComment(DOUBTFUL);
    await sut.judge(comment);
    expect(await sut.get(comment.id)).toMatchObject({ state: 'review', version: 1 });
    expect(await fixture.published()).toEqual([]);
  });

  it('judges an edited comment anew, as a new version', async () => {
    const comment = aComment();
    await sut.judge(comment);
    await sut.judge({ ...comment, content: 'What a shitty post!', version: 3 });
    const found = await sut.get(comment.id);
    expect(found).toMatchObject({ state: 'rejected', content: 'What a shitty post!', commentVersion: 3, version: 2 });
    expect(await fixture.published()).toMatchObject([
      { status: 'approved', commentVersion: 1, version: 1 },
      { status: 'rejected', commentVersion: 3, version: 2 },
    ]);
  });

  it('leaves an edited comment to a person without a word, and judges it when it is edited again', async () => {
    const comment = aComment();
    await fixture.judge(comment, { ...comment, content: DOUBTFUL, version: 3 });
    expect(await fixture.stateOf(comment)).toBe('review');
    expect(await fixture.published()).toHaveLength(1);
    await sut.judge({ ...comment, content: 'no links', version: 4 });
    expect(await fixture.published()).toMatchObject([{ version: 1 }, { commentVersion: 4, version: 3 }]);
  });

  it('ignores events that are older than what it holds', async () => {
    const comment = aComment('first text');
    const edited = { ...comment, content: 'second text', version: 2 };
    await fixture.judge(edited, comment);
    expect(await sut.get(comment.id)).toMatchObject({ content: 'second text', commentVersion: 2, version: 1 });
    expect(await fixture.published()).toHaveLength(1);
  });

  it('answers with the verdict that it has when it hears again of a text that is judged', async () => {
    const comment = aComment();
    await fixture.judge(comment, comment);
    const [first, second, ...others] = await fixture.published();
    expect(second).toEqual(first);
    expect(others).toEqual([]);
    expect(await sut.get(comment.id)).toMatchObject({ version: 1, updatedAt: first!.moderatedAt });
  });

  it("repeats a person's verdict, not what the rules said before it", async () => {
    const comment = aComment(DOUBTFUL);
    await fixture.judge(comment, comment);
    expect(await fixture.published()).toEqual([]);
    await sut.decide(comment.id, { status: 'rejected', reason: 'advertising' });
    await sut.judge(comment);
    expect(await fixture.published()).toMatchObject([
      { status: 'rejected', version: 2 },
      { status: 'rejected', version: 2 },
    ]);
  });

  it('judges comments that come at the same time', async () => {
    const comments = Array.from({ length: 20 }, (_, index) => aComment(`This is comment number ${index}`));
    await Promise.all(comments.map((comment) => sut.judge(comment)));
    expect(await fixture.published()).toHaveLength(20);
  });

  it('keeps neither case nor event of a unit of work that fails', async () => {
    const comment = aComment();
    const handling = fixture.unitOfWork.run(async () => {
      await sut.judge(comment);
      throw new Error('later in the same unit');
    });
    await expect(handling).rejects.toThrow('later');
    await expect(sut.get(comment.id)).rejects.toEqual(notFound);
    expect(await fixture.published()).toEqual([]);
  });

  it('lists cases by state, oldest comment first, after a cursor', async () => {
    const fine = aComment();
    const doubtful = [aComment(`1 ${DOUBTFUL}`), aComment(`2 ${DOUBTFUL}`), aComment(`3 ${DOUBTFUL}`)];
    await fixture.judge(...doubtful.toReversed(), fine);
    const [first, second, third] = doubtful.map(({ id }) => id);
    expect(await idsOf({ limit: 10 })).toEqual([fine.id, first, second, third]);
    expect(await idsOf({ state: 'review', limit: 2 })).toEqual([first, second]);
    expect(await idsOf({ state: 'review', limit: 2, cursor: second })).toEqual([third]);
    expect(await idsOf({ state: 'rejected', limit: 10 })).toEqual([]);
  });
});
