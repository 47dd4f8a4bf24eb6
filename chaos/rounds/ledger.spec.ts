import { describe, expect, it } from 'vitest';
import { effectOf, Ledger } from './ledger.mjs';

describe(effectOf.name, () => {
  it.each([
    ['POST', 201, false, 'done'],
    ['DELETE', 204, false, 'done'],
    ['POST', 404, false, 'not done'],
    ['POST', 429, true, 'not done'],
    ['PATCH', 503, true, 'not done'],
    ['PATCH', 503, false, 'unknown'],
    // The gateway may have sent it once already.
    ['DELETE', 503, true, 'unknown'],
    ['POST', 500, false, 'unknown'],
    ['POST', 502, false, 'unknown'],
    ['POST', 0, false, 'unknown'],
  ])('of %s answered %d (Retry-After: %s) is %s', (method, status, retryAfter, effect) => {
    expect(effectOf(method, status, retryAfter)).toBe(effect);
  });
});

describe(Ledger.name, () => {
  it('knows the last text, or both where an edit was not answered', () => {
    const sut = new Ledger();
    const post = sut.created('post', 'p', 'one');
    sut.edited(post, 'two', 'done');
    expect([...post.texts]).toEqual(['two']);
    sut.edited(post, 'three', 'unknown');
    expect([...post.texts]).toEqual(['two', 'three']);
    sut.edited(post, 'four', 'not done');
    expect([...post.texts]).toEqual(['two', 'three']);
  });

  it('knows what is gone, and what nobody knows of', () => {
    const sut = new Ledger();
    const states = (['done', 'unknown', 'not done'] as const).map((effect) => {
      const post = sut.created('post', effect, effect);
      sut.deleting(post);
      sut.deleted(post, effect);
      return post.state;
    });
    expect(states).toEqual(['gone', 'either', 'there']);
  });

  it('forgets what is gone with its comments, except their ids', () => {
    const sut = new Ledger();
    const gone = sut.created('post', 'gone', 'one');
    sut.created('comment', 'of gone', 'two', gone);
    const post = sut.created('post', 'there', 'three');
    sut.created('comment', 'of there', 'four', post);
    sut.deleted(gone, 'done');
    sut.forgetGone();
    expect([...sut.things.keys()]).toEqual(['there', 'of there']);
    expect([...sut.forgotten]).toEqual(['gone', 'of gone']);
  });

  it('counts what was answered with success', () => {
    const sut = new Ledger();
    const post = sut.created('post', 'p', 'one');
    sut.edited(post, 'two', 'done');
    sut.edited(post, 'three', 'unknown');
    sut.deleted(post, 'done');
    expect(sut.accepted).toBe(3);
  });
});
