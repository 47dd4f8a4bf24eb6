import { describe, expect, it } from 'vitest';
import { OwnComments } from './own-comments';
import { aComment } from './testing';

const written = (version = 1): OwnComments => {
  const own = new OwnComments();
  own.remember({ ...aComment('c1', { version }), content: 'mine' });
  return own;
};

describe('OwnComments', () => {
  it('fills in the text while the comment is pending, and when it is rejected', () => {
    expect(written().fill(aComment('c1')).content).toBe('mine');
    expect(written().fill(aComment('c1', { version: 2, status: 'rejected' })).content).toBe('mine');
  });

  it("leaves other people's comments, texts and approved comments alone", () => {
    expect(written().fill(aComment('c2')).content).toBeNull();
    expect(written().fill(aComment('c1', { version: 3 })).content).toBeNull();
    expect(written().fill(aComment('c1', { version: 4, status: 'rejected' })).content).toBeNull();
    expect(written().fill(aComment('c1', { version: 2, status: 'approved', content: 'other' })).content).toBe('other');
  });

  it('tells the verdict on each text once', () => {
    const own = written();
    const verdict = aComment('c1', { version: 2, status: 'rejected' });
    expect(own.takeVerdict(aComment('c1'))).toBe(false);
    expect(own.takeVerdict({ ...verdict, id: 'c2' })).toBe(false);
    expect(own.takeVerdict(verdict)).toBe(true);
    expect(own.takeVerdict(verdict)).toBe(false);
    own.remember({ ...aComment('c1', { version: 3 }), content: 'edited' });
    expect(own.takeVerdict(verdict)).toBe(false);
    expect(own.takeVerdict({ ...verdict, version: 4 })).toBe(true);
  });
});
