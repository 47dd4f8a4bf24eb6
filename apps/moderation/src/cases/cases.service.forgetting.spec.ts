import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProblemException } from '#service';
import { aComment, deletionOf, ModerationFixture, postDeletionOf } from '../../test/moderation.fixture.js';
import { CasesService } from './cases.service.js';

const notFound = expect.objectContaining({ code: 'not-found' }) as ProblemException;

describe(`${CasesService.name}, forgetting`, () => {
  let fixture: ModerationFixture;
  let sut: CasesService;

  beforeEach(async () => {
    fixture = await ModerationFixture.open();
    sut = fixture.service;
  });

  afterEach(() => fixture.close());

  it('forgets a deleted comment and its text', async () => {
    const comment = aComment();
    await sut.judge(comment);
    await sut.forgetComment(deletionOf(comment));
    await expect(sut.get(comment.id)).rejects.toEqual(notFound);
    expect(await sut.list({ limit: 10 })).toEqual([]);
    const tombstone = { commentId: comment.id, state: 'deleted', content: '', textHash: '', reasons: [], version: 2 };
    expect(await fixture.rows()).toMatchObject([tombstone]);
  });

  it.each([['a deleted comment'], ['a comment that it hears of after its deletion']])(
    'does not bring %s back',
    async (which) => {
      const comment = aComment();
      if (which === 'a deleted comment') await sut.judge(comment);
      const deletion = deletionOf({ ...comment, version: 4 });
      await sut.forgetComment(deletion);
      await sut.forgetComment(deletion);
      const before = (await fixture.published()).length;
      await fixture.judge(comment, { ...comment, version: 3 });
      await expect(sut.get(comment.id)).rejects.toEqual(notFound);
      expect(await fixture.published()).toHaveLength(before);
    },
  );

  it('forgets all comments of a deleted post, and no others', async () => {
    const one = aComment('one comment');
    const two = aComment('another comment', { postId: one.postId });
    const other = aComment('a comment on another post');
    await fixture.judge(one, two, other);
    await sut.forgetPost(postDeletionOf(one));
    await sut.forgetPost(postDeletionOf(one));
    expect(await sut.list({ limit: 10 })).toMatchObject([{ commentId: other.id }]);
  });

  it('does not judge comments of a deleted post', async () => {
    const comment = aComment();
    await sut.forgetPost(postDeletionOf(comment));
    await sut.judge(comment);
    await sut.forgetComment(deletionOf(comment));
    await expect(sut.get(comment.id)).rejects.toEqual(notFound);
    expect(await fixture.published()).toEqual([]);
    expect(await fixture.rows()).toEqual([]);
  });
});
