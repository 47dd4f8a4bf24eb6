import type { Finding, JudgedComment, Rule } from '../rule.js';
import { hasEnglishWord, hasWholeEnglishWord } from './english.js';
import { leetReadings } from './leet.js';
import { plainText } from './plain-text.js';
import { closedUpWords, spelledWords } from './spaced-out.js';

/** The ways in which a text can be read. */
interface Readings {
  /** As texts, in which a blocked word may be part of a longer one where the list says so. */
  texts: string[];
  /** As words, divided by spaces, each of which counts as a whole only. */
  words: string[];
}

/** Swear words and slurs, and the words that the operator has blocked, in disguise too. */
export class BlockedWordsRule implements Rule {
  readonly name = 'blocked-words';
  private readonly blocklist: string[];

  /** @param blocklist words that are blocked besides the English list */
  constructor(blocklist: string[]) {
    this.blocklist = blocklist.map((word) => spaced(plainText(word)));
  }

  judge({ content }: JudgedComment): Finding {
    const readings = readingsOf(content);
    if (isEnglish(readings)) {
      return { decision: 'reject', reason: 'The text has a word of the English list of blocked words.' };
    }
    if (this.isBlocked(readings)) {
      return { decision: 'reject', reason: 'The text has a word that this site blocks.' };
    }
    return { decision: 'approve', reason: 'The text has no blocked words.' };
  }

  private isBlocked({ texts, words }: Readings): boolean {
    const places = [...texts, ...words].map(spaced);
    return this.blocklist.some((blocked) => places.some((place) => place.includes(blocked)));
  }
}

function readingsOf(content: string): Readings {
  const plain = plainText(content);
  const spelled = spelledWords(plain).join(' ');
  const closedUp = closedUpWords(plain).join(' ');
  return {
    // `_` counts as a letter at the edge of a word: `_word_` would not be seen.
    texts: [plain, ...leetReadings(plain), spelled, ...leetReadings(spelled)]
      .filter((text) => text !== '')
      .map((text) => text.replaceAll('_', ' ')),
    words: [closedUp, ...leetReadings(closedUp)].filter((words) => words !== ''),
  };
}

const isEnglish = ({ texts, words }: Readings): boolean =>
  texts.some(hasEnglishWord) || words.some(hasWholeEnglishWord);

/** A text as its words with a space around each, so that `includes` finds whole words and phrases only. */
const spaced = (text: string): string => ` ${text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
