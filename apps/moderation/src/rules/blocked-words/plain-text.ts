import { resolveConfusablesTransformer } from 'obscenity';

/** Two regional indicators are a flag, not letters: 🇫🇰 is the Falkland Islands. */
const FLAGS = /[\u{1F1E6}-\u{1F1FF}]{2}/gu;
/** Accents and other marks, and characters that nobody sees. */
const UNSEEN = /[\p{M}\p{Cf}]/gu;

const resolveConfusable = resolveConfusablesTransformer().transform;

/** Letters that the library takes for others than they look like. */
const lookAlikes = new Map([
  ['І', 'i'],
  ['Ι', 'i'],
  ['ı', 'i'],
  ['ι', 'i'],
  ['Ӏ', 'i'],
  ['ӏ', 'l'],
  ['ν', 'v'],
  ['υ', 'u'],
  ['Η', 'h'],
  ['Ν', 'n'],
]);

/**
 * Takes the disguise off a text: look-alike letters of other alphabets, full-width and ornamental letters, accents and
 * invisible characters.
 *
 * @returns the text in lower case; white space is spaces, as many as there were; punctuation and digits stay
 */
export function plainText(text: string): string {
  const seen = text.normalize('NFKD').replace(FLAGS, ' ').replace(UNSEEN, '').replace(/[’‘ʼ]/g, "'");
  const latin = Array.from(seen, toLatin).join('');
  return latin.toLowerCase().replace(/\s/g, ' ');
}

function toLatin(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 128) return character;
  const known = lookAlikes.get(character);
  return known ?? String.fromCodePoint(resolveConfusable(code) ?? code);
}
