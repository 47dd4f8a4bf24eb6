import { describe, expect, it } from 'vitest';
import { BlockedWordsRule } from './blocked-words.rule.js';

/** Words and phrases that have something of a blocked word in them, divided by semicolons. */
const ordinary = `
  Scunthorpe; Penistone; Essex, Sussex and Middlesex; Lightwater and Clitheroe; Fukushima; Fukuoka; assess;
  assessment; assorted classes; assassin; assume; assonance; Assyrian; grass; pass it; class; as she it; as she
  saw it; Push it on; wash it; I wish it were; smash-hit; mishit; sh it; cocktail; cockpit; peacock; Hancock;
  shuttlecock; cumin; cucumber; document; circumstances; analysis; analogue; canal; annals of history; annus
  horribilis; analgesic; banal; manual; Dickens; Emily Dickinson; Moby-Dick; Tom, Dick and Harry; addicks; Philip
  K. Dick; Riddick; shiitake; Harshit and Akshit; shirt; shift; title; titan; Titus; tit for tat; constitution;
  grape; drape; rapeseed; rapper; she rapped; wrapped; therapist; rappel; rapid; Uranus; tetanus; Coriolanus;
  manuscript; Janus; pen is; the pen is mightier; an us; sextant; sexton; same-sex marriage; unisex; sixty; Essex
  girl; sex education; Georgy; Gyorgy; porgy; Montenegro; negroni; snigger; niggardly; Nigel; Niger; Nigeria;
  Wankel engine; swank; Saturday; Saturdays; turducken; retardant; fire-retardant; cuckoo; Hooke’s law; machine;
  booby trap; baboon; booking; kung fu; kung-fu; google-fu; tofu; future; fun; firm; fsck; tsconfck; fkey; off
  key; Fagin; fagus; Pornchai; popcorn; spore; Cummings; cum laude; succumb; ascot; Hello; hell; who’re you;
  whole; where; slutet; semantics; basement; vanguard; pissarro; arsenal; parse; arsenic; sparse; horse; coarse;
  Vandyke; spic and span; bass; bassist
`;

const decisionOf = (content: string): string => new BlockedWordsRule([]).judge({ id: '', content }).decision;

describe(`${BlockedWordsRule.name}, harmless texts`, () => {
  it.each(ordinary.trim().split(/;\s+/))('lets %j through', (content) => {
    expect(decisionOf(content)).toBe('approve');
  });

  it.each([
    ['I took the A55 and then bus 455', 'roads and numbers'],
    ['It costs A$5, US$5 or $455', 'amounts'],
    ['Wait for it (until Friday, um, perhaps)', 'a bracket that looks like c'],
    ['let f(k) = k² and f(c) = (k + 1)', 'a formula'],
    ['Handle a = b = 0 and x, y, z', 'variables'],
    ['susan@lawfirm.com and ryan@live.example', 'addresses of e-mail'],
    ['a55f46b0-5ca7-4c0c-b00b-f46a55fa55e5', 'a UUID'],
    ['commit b00b5ca7, a55f46b', 'hashes'],
    ['see https://example.com/watch?v=b00b5ex and www.example.com/d1ck', 'URLs'],
    ['🇫🇰 🇺🇸 🇦🇸🇸🇪', 'flags'],
    ['J. R. R. Tolkien and C. S. Lewis', 'initials'],
    ['U.S.A., U.K., a.k.a., e.g., i.e. and p.m.', 'abbreviations'],
    ['f.k.a. Twigs', 'an abbreviation'],
    ["it's a t-shirt, isn't it", 'single letters'],
    ["it's hit or miss; the Model S hit a wall", 'single letters'],
    ['p u s h  i t', 'spelled words'],
    ['c l a s s i c', 'a spelled word'],
    ['S-c-u-n-t-h-o-r-p-e', 'a spelled word'],
    ['end of pass.It is class-it', 'a missing space'],
    ['the version of CKEditor', 'words side by side'],
    ['CREATE FUNCTION t RETURNS text AS$/', 'code'],
    ['Фиск, соус и анализ; что это за секция?', 'Russian'],
    ['これはペンです。一口に言えば', 'Japanese'],
    ['Das ist der Suezkanal, naß und groß', 'German'],
    ['👍👍👍👍', 'emoji'],
    ['', 'nothing'],
  ])('lets %j through: %s', (content) => {
    expect(decisionOf(content)).toBe('approve');
  });
});
