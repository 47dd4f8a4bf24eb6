import { describe, expect, it } from 'vitest';
import { nextCursor, parseLinkHeader } from './link-header';

describe('parseLinkHeader', () => {
  it('reads several links', () => {
    expect(parseLinkHeader('</posts?cursor=a>; rel="next", </posts>; rel=first')).toEqual([
      { target: '/posts?cursor=a', rels: ['next'] },
      { target: '/posts', rels: ['first'] },
    ]);
  });

  it('is not misled by commas and semicolons in targets and in quoted values', () => {
    expect(parseLinkHeader('<?a=1,2;b>; title="x, <y>; rel=\\"no\\""; rel="next", <z>;rel=prev')).toEqual([
      { target: '?a=1,2;b', rels: ['next'] },
      { target: 'z', rels: ['prev'] },
    ]);
  });

  it('splits a list of relation types, whatever their case, and heeds only the first rel', () => {
    expect(parseLinkHeader('<a> ; REL="Next  last" ; rel=prev')).toEqual([{ target: 'a', rels: ['next', 'last'] }]);
  });

  it('takes parameters without a value, and links without a relation', () => {
    expect(parseLinkHeader('<a>; crossorigin; rel=next, <b>')).toEqual([
      { target: 'a', rels: ['next'] },
      { target: 'b', rels: [] },
    ]);
  });

  it('leaves out what is not a link', () => {
    expect(parseLinkHeader('')).toEqual([]);
    expect(parseLinkHeader('rel=next')).toEqual([]);
  });
});

describe('nextCursor', () => {
  it.each([
    ['https://parley.test/api/posts?limit=20&cursor=abc', 'abc'],
    ['/posts?cursor=a%2Fb%3D&limit=20', 'a/b='],
    ['?cursor=abc#top', 'abc'],
  ])('finds it in %s', (target, cursor) => {
    expect(nextCursor(`<${target}>; rel="next"`)).toBe(cursor);
  });

  it('is null on the last page', () => {
    expect(nextCursor(null)).toBeNull();
    expect(nextCursor('</posts?cursor=a>; rel="prev"')).toBeNull();
    expect(nextCursor('</posts>; rel="next"')).toBeNull();
  });
});
