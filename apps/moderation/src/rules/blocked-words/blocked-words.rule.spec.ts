import { describe, expect, it } from 'vitest';
import { cpuTimeOf, NO_TIME } from '../../../test/cpu-time.js';
import { BlockedWordsRule } from './blocked-words.rule.js';

const decisionOf = (content: string, blocklist: string[] = []): string =>
  new BlockedWordsRule(blocklist).judge({ id: '', content }).decision;

describe(BlockedWordsRule.name, () => {
  it.each([
    'fuck',
    'What the FUCK is this?',
    'this is bullshit!',
    'you little bitch',
    'you cunt!',
    'shitty work, assholes',
    'a$$es, all of you',
    'motherfucker',
    'f*ck off',
    'f**k this',
    'fck you',
    'fk you',
    'such a prick!',
    'wankers',
    'faggots',
    'niggers',
    'jizz',
    'no fuckin way',
    '_shit_ and **shit**',
    '#fuckthis',
    'and/or/shit',
    'line one\nshit\nline three',
  ])('rejects %j', (content) => {
    expect(decisionOf(content)).toBe('reject');
  });

  it.each([
    ['f u c k', 'spaces'],
    ['what the f u c k', 'spaces'],
    ['f u c k  y o u', 'spaces'],
    ['what a s h i t post', 'a word of one letter beside it'],
    ['I s h 1 t u', 'words of one letter beside it'],
    ['you are s  h  i  t', 'wide spaces'],
    ['s h  i t', 'uneven spaces'],
    ['f\nu\nc\nk', 'lines'],
    ['f.u.c.k', 'full stops'],
    ['F-U-C-K you', 'hyphens'],
    ['f - u - c - k', 'hyphens and spaces'],
    ['f_u_c_k', 'underscores'],
    ['f*u*c*k', 'asterisks'],
    ['f·u·c·k', 'middle dots'],
    ['f🖕u🖕c🖕k', 'emoji'],
    ['f.u.c.k.e.r', 'a longer word'],
    ['fu.ck you', 'a sign inside'],
    ['sh-it', 'a sign inside'],
    ['s_hit', 'a sign inside'],
    ['f\u200Bu\u200Bc\u200Bk', 'zero-width spaces'],
    ['fu\u00ADck', 'a soft hyphen'],
    ['fuuuuuck', 'repeated letters'],
    ['shhhiiiiit', 'repeated letters'],
  ])('sees through %j: %s', (content) => {
    expect(decisionOf(content)).toBe('reject');
  });

  it.each([
    ['sh1t', 'a digit'],
    ['bullsh1t!', 'a digit'],
    ['5h1t', 'digits'],
    ['b!tch', 'an exclamation mark'],
    ['sh!t!!!', 'exclamation marks'],
    ['s1ut', '1 as l'],
    ['@ss', 'a sign'],
    ['$hit', 'a sign'],
    ['pu$$y', 'signs'],
    ['c0ck', 'a digit'],
    ['p3n1s', 'digits'],
    ['s h 1 t', 'a digit and spaces'],
    ['s.h.1.t', 'a digit and full stops'],
    ['sh.1t', 'a digit and a sign'],
    ['fuсk', 'a Cyrillic с'],
    ['shіt', 'a Cyrillic і'],
    ['ЅHІT', 'Cyrillic capitals'],
    ['аss', 'a Cyrillic а'],
    ['ƒυсκ', 'Greek letters'],
    ['fück', 'an accent'],
    ['f̶u̶c̶k̶', 'combining strokes'],
    ['ｆｕｃｋ', 'full-width letters'],
    ['𝐟𝐮𝐜𝐤', 'mathematical letters'],
    ['ⓕⓤⓒⓚ', 'letters in circles'],
    ['🅵🆄🅲🅺', 'letters in squares'],
    ['🇫 🇺 🇨 🇰', 'regional indicators'],
  ])('sees through %j: %s', (content) => {
    expect(decisionOf(content)).toBe('reject');
  });

  describe('with words of the operator', () => {
    const blocklist = ['casino', 'Free Money', 'спам', '4chan'];

    it.each([
      'Casino!',
      'the CASINO, now',
      'c a s i n o',
      'c.a.s.i.n.o',
      'cas-ino',
      'c4s1n0',
      'cаsіnо',
      'casino_royale',
      'get free   money now',
      'это спам',
      'on 4chan again',
    ])('rejects %j', (content) => {
      expect(decisionOf(content, blocklist)).toBe('reject');
    });

    it.each(['casinos', 'occasion', 'free of charge, money back', 'freemoney', 'спамер', '4channel', 'a chan'])(
      'lets %j through: whole words only',
      (content) => {
        expect(decisionOf(content, blocklist)).toBe('approve');
      },
    );
  });

  it('does not repeat the word', () => {
    const { reason } = new BlockedWordsRule(['casino']).judge({ id: '', content: 'a CASINO' });
    expect(reason).toBe('The text has a word that this site blocks.');
  });

  it.each([
    ['f '.repeat(2_500), 'single letters'],
    ['a'.repeat(5_000), 'one word'],
    ['a-'.repeat(2_500), 'hyphens'],
    [`a${'-'.repeat(4_998)}z`, 'dashes'],
    [`a${'!'.repeat(4_998)}$`, 'signs'],
    ['sh.ot '.repeat(833), 'divided words'],
    ['ﷺ'.repeat(5_000), 'a character that stands for eighteen'],
  ])('judges long texts in no time: %#', (content) => {
    expect(cpuTimeOf(() => decisionOf(content))).toBeLessThan(NO_TIME);
  });
});
