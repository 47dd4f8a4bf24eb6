import { createHash } from 'node:crypto';

/** Marks (accents, emoji variants), punctuation, white space, invisible characters, and ASCII's symbols. */
const INSIGNIFICANT = /[\p{M}\p{P}\p{Z}\p{C}$+<=>^`|~]+/gu;

/**
 * Tells whether two texts are the same: equal for texts that differ only in case, white space, accents or punctuation.
 *
 * @returns a SHA-256 in hex
 */
export function fingerprint(text: string): string {
  const folded = text.normalize('NFKD').toLowerCase();
  // A text of punctuation alone is told by its punctuation.
  const significant = folded.replace(INSIGNIFICANT, '') || folded.replace(/\s+/g, '');
  return createHash('sha256').update(significant).digest('hex');
}
