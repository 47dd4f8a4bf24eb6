import {
  collapseDuplicatesTransformer,
  DataSet,
  englishDataset,
  englishRecommendedTransformers,
  parseRawPattern,
  RegExpMatcher,
} from 'obscenity';

/**
 * Phrases of the library's English preset, by their original word, whose patterns we replace. The preset looks for many
 * of them inside or at the start of any word, which rejects ordinary ones (assorted, Georgy, Fukushima, Dickinson,
 * cockpit, fsck), or misses them because it writes double letters that its matcher has made single.
 *
 * `|` is the edge of a word. Runs of a letter count once here, those of b, e, g, l, o and s up to twice.
 */
const replaced: Record<string, string> = {
  abeed: '|abeed|, |abeeds|',
  anal: '|anal|, |analsex',
  anus: '|anus|, |anuses|',
  arse: '|arse|, |arses|, |arsehol',
  ass: '|ass|, |asses|, |asshol, |asshat, |asswipe, |assclown, |asslick, dumbass|, jackass|',
  bitch: 'bitch, biatch',
  bollocks: '|bollock, |bolock',
  boob: '|boob|, |boobs|, |boobies|',
  buttplug: 'butplug',
  chink: '|chink|, |chinks|',
  cock: '|cock|, |cocks|, |cocksuck, |cockhead',
  cuck: '|cuck|, |cucks|, |cuckold',
  cum: '|cum|, |cums|, |cuming|, |cumshot, |cumslut',
  cunt: '|cunt|, |cunts|, |cunty|',
  dick: '|dick|, |dicks|, |dickhead, |dickwad, |dickface, |dickless, |dickpic, |dck|',
  dyke: '|dyke|, |dykes|',
  fag: '|fag|, |fags|, |faggot, |fagot, fggot',
  fuck:
    'fuck, fvck, phuck, f*ck, f#ck, fu*k, f*k|, |fuk|, |fuks|, |fuked|, |fuker, |fuking|, |fck|, |fcks|, |fcked|, ' +
    '|fcker, |fcking|, |fkn|, |fking|, |fk you|, |fk u|, |fk off|, |fu|',
  handjob: '|handjob',
  hentai: '|hentai|',
  hooker: '|hooker|, |hookers|',
  jizz: '|jiz|, |jizing|',
  kike: '|kike|, |kikes|',
  negro: '|negro|, |negroes|',
  nigger: '|nigger, |nigga|, |niggah|, |niggas|, |niggaz|, |nig|, |nigs|',
  orgasm: 'orgasm',
  orgy: '|orgy|, |orgies|',
  penis: '|penis|, |penises|, |pnis|',
  porn: '|porn|, |porno, |pornstar, |pornhub',
  pussy: '|pussy|, |pussies|, |pssy|',
  rape: '|rape|, |raped|, |rapes|, |rapist, |raping|',
  retard: '|retard|, |retards|, |retarded|',
  semen: '|semen|',
  shit: '|shit, bullshit, dipshit, batshit, horseshit, chickenshit, dogshit, apeshit, ratshit, ohshit, holyshit, eatshit',
  slut: '|slut|, |sluts|, |sluty|, cumslut',
  turd: '|turd|, |turds|',
  twat: '|twat|, |twats|',
  wank: '|wank|, |wanks|, |wanker, |wanking|, |wanked|',
};

/** Ordinary words, names and phrases in which a blocked word is nothing bad. */
const allowed = `
  abo blood, abo group, abo system, abo type, abo akademi, annal, annus, rapped, rapping, kung fu, -fu, fu manchu,
  cum laude, -cum-, shiitake, shita, shito, shittim, alan cumming, pissarro, lee hooker, pussy willow, chink in,
  tit for tat, tit-for-tat, blue tit, great tit, coal tit, moby dick, moby-dick, dick van dyke, k. dick,
  dick cheney, dick and harry, dick turpin, dick tracy, spotted dick, same sex, same-sex, opposite sex,
  sex education, sex and the city, sex pistols, rape seed, oilseed rape, offa's dyke, scat sing
`;

/** What may follow a blocked word without making another word of it. */
const INFLECTION = /^(?:s|es|ed|er|ers|ing|in|y)?$/;

const listOf = (list: string): string[] => list.trim().split(/,\s+/);

const words = new DataSet<{ originalWord: string }>()
  .addAll(englishDataset)
  .removePhrasesIf(({ metadata }) => metadata !== undefined && metadata.originalWord in replaced);
for (const [originalWord, patterns] of Object.entries(replaced)) {
  words.addPhrase((phrase) => {
    for (const pattern of listOf(patterns)) phrase.addPattern(parseRawPattern(pattern));
    return phrase.setMetadata({ originalWord });
  });
}
const { blacklistedTerms, whitelistedTerms = [] } = words.build();
const matcher = new RegExpMatcher({
  blacklistedTerms,
  // Removing a phrase removed its exceptions too: those that still matter are among ours.
  whitelistedTerms: [...whitelistedTerms, ...listOf(allowed)],
  whitelistMatcherTransformers: englishRecommendedTransformers.whitelistMatcherTransformers ?? [],
  // As in the preset, but no more than that: look-alikes are resolved by `plainText`, digits and signs by
  // `leetReadings`, which tell an amount or a road's number from a disguise.
  blacklistMatcherTransformers: [
    collapseDuplicatesTransformer({ customThresholds: new Map(Array.from('beglos', (letter) => [letter, 2])) }),
  ],
});

/** Whether a word of the English list is in the text. */
export const hasEnglishWord = (text: string): boolean => matcher.hasMatch(text);

/** Whether one of these words, which are divided by spaces, is as a whole one of the English list, or a form of it. */
export const hasWholeEnglishWord = (candidates: string): boolean =>
  hasEnglishWord(candidates) && candidates.split(' ').some(isEnglishWord);

const isEnglishWord = (word: string): boolean =>
  matcher
    .getAllMatches(word)
    .some(({ startIndex, endIndex }) => startIndex === 0 && INFLECTION.test(word.slice(endIndex + 1)));
