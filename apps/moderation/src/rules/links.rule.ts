import type { Finding, JudgedComment, Rule } from './rule.js';

/** More links than this are for a person to look at, or too many. */
const TO_REVIEW = 2;
const TO_REJECT = 5;

/**
 * The ends of bare names that are taken for links without `www.`, a scheme or a path. Those that are also file endings
 * (`notes.md`), methods (`form.click`) or words that follow a full stop without a space (`done.It`) are left out.
 */
const ENDINGS =
  'com|org|net|edu|gov|info|biz|io|co|dev|app|xyz|shop|online|site|club|website|icu|buzz|casino|tv|gg|ws|' +
  'eu|uk|de|fr|nl|ru|cn|jp|br|au|ca|ch|рф';

const REST = String.raw`[^\s<>"'()\[\]{}|,;]*`;
const LABEL = String.raw`[\p{L}\p{N}-]+\.`;

/** A URL, or what reads like one: `www.…`, `example.com`, `youtu.be/…`. An address of e-mail is none. */
const LINK = new RegExp(
  [
    `https?://${REST}`,
    String.raw`(?<![\p{L}\p{N}@._/-])www\.${REST}`,
    String.raw`(?<![\p{L}\p{N}@._/-])(?:${LABEL})+(?:${ENDINGS})(?![\p{L}\p{N}@(])${REST}`,
    String.raw`(?<![\p{L}\p{N}@._/-])(?:${LABEL})+\p{L}{2,24}(?::\d{1,5})?/${REST}`,
  ].join('|'),
  'giu',
);

/** Many links in one comment: what most spam looks like. */
export class LinksRule implements Rule {
  readonly name = 'links';

  judge({ content }: JudgedComment): Finding {
    // NFKC: a full-width `．` or `／` makes a link all the same.
    const links = content.normalize('NFKC').match(LINK)?.length ?? 0;
    const reason = `Links in the text: ${links}.`;
    if (links > TO_REJECT) return { decision: 'reject', reason };
    return { decision: links > TO_REVIEW ? 'review' : 'approve', reason };
  }
}
