import { describe, expect, it } from 'vitest';
import { encodeToken, MAX_TOKENS, parseTokens, type Write } from './consistency-token.js';

const postId = '019a2f4e-7c1b-7d3a-9e55-0c2f6a1b8d47';
const id = '019a2f4e-7c1b-7d3a-9e55-0c2f6a1b8d48';
const writes: Write[] = [
  { thing: 'post', postId, version: 1 },
  { thing: 'comment', postId, id, version: 12 },
  { thing: 'verdict', postId, id, version: 4, textVersion: 2, status: 'rejected' },
];
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

describe(encodeToken.name, () => {
  it.each(writes)('makes of $thing what can be read again, and is a token of HTTP', (write) => {
    expect(encodeToken(write)).toMatch(/^[\w-]+$/);
    expect(parseTokens(encodeToken(write))).toEqual([write]);
  });
});

describe(parseTokens.name, () => {
  it('takes a list, with spaces and empty elements', () => {
    const [one, two, three] = writes.map(encodeToken);
    expect(parseTokens(`${one}, ${two} ,,${three},`)).toEqual(writes);
  });

  it('takes as many as there may be, and no more', () => {
    const tokens = Array.from({ length: MAX_TOKENS }, () => encodeToken(writes[0]!));
    expect(parseTokens(tokens.join())).toHaveLength(MAX_TOKENS);
    expect(parseTokens([...tokens, tokens[0]].join())).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['only commas', ' , '],
    ['anything else', 'abc'],
    ['one of several that is none', `${encodeToken(writes[0]!)}, abc`],
    ['what is around a token', `"${encodeToken(writes[0]!)}"`],
    ['other base64', `${encodeToken(writes[0]!)}=`],
    ['a thing that nobody writes', base64url(`thing:${postId}:1`)],
    ['no id', base64url('post:1:1')],
    ['no version', base64url(`post:${postId}:`)],
    ['version 0', base64url(`post:${postId}:0`)],
    ['a version with a sign', base64url(`post:${postId}:+1`)],
    ['a version that no number holds', base64url(`post:${postId}:9007199254740993`)],
    ['too many fields', base64url(`post:${postId}:1:1`)],
    ['too few fields', base64url(`comment:${postId}:1`)],
    ['a verdict that nobody gives', base64url(`verdict:${postId}:${id}:2:1:pending`)],
  ])('refuses %s', (_what, header) => {
    expect(parseTokens(header)).toBeUndefined();
  });
});
