import { describe, expect, it } from 'vitest';
import { cpuTimeOf, NO_TIME } from '../../test/cpu-time.js';
import { LinksRule } from './links.rule.js';

const judge = (content: string) => new LinksRule().judge({ id: '', content });
const countOf = (content: string): number => Number(/\d+/.exec(judge(content).reason)![0]);

describe(LinksRule.name, () => {
  it.each([
    ['', 0],
    ['no link', 0],
    ['https://example.com', 1],
    ['HTTP://EXAMPLE.COM/a?b=c#d', 1],
    ['http://a.example http://b.example', 2],
    ['http://a.example,http://b.example;http://c.example', 3],
    ['[one](https://a.example) [two](https://b.example)', 2],
    ['<a href="https://a.example">https://a.example</a>', 2],
    ['https://web.archive.org/web/2020/https://example.com/', 1],
    ['https://en.wikipedia.org/wiki/Comment_(disambiguation)', 1],
    ['www.example.museum', 1],
    ['example.com, shop.example.co.uk and EXAMPLE.ORG.', 3],
    ['example.com:8080/path and youtu.be/abc and bit.ly/x', 3],
    ['example.com.au', 1],
    ['пример.рф and bücher.de', 2],
    ['example．com', 1],
    ['me@example.com and john.co@example.org', 0],
    ['Node.js, main.ts, notes.md, script.sh, run.py and data.json', 0],
    ['e.g. this, i.e. that, at 5 p.m., U.S.A., v1.2.3, 10.000,50', 0],
    ['One sentence.Another sentence.It goes on.So what', 0],
    ['this.form.click(), console.info(x), a.b.c', 0],
    ['and/or, his/her, 1/2, 24/7', 0],
    ['...//...', 0],
  ])('counts in %j: %i', (content, count) => {
    expect(countOf(content)).toBe(count);
  });

  it.each([
    [2, 'approve'],
    [3, 'review'],
    [5, 'review'],
    [6, 'reject'],
  ])('answers to %i links: %s', (count, decision) => {
    expect(judge('see https://example.com/ '.repeat(count)).decision).toBe(decision);
  });

  it.each(['a.'.repeat(2_500), 'a'.repeat(5_000), 'a-'.repeat(2_500), 'www.'.repeat(1_250), 'http://'.repeat(700)])(
    'judges long texts in no time: %#',
    (content) => {
      expect(cpuTimeOf(() => judge(content))).toBeLessThan(NO_TIME);
    },
  );
});
