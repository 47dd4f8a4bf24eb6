/** What is written for a letter; `1`, `!` and `|` stand for i or for l. */
const letters: Record<string, string> = { '0': 'o', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '@': 'a' };

/** What is not writing: URLs, addresses of e-mail, and ids and hashes in hex, in which digits mean digits. */
const NO_WRITING =
  /:\/\/|^www\.|[\p{L}\p{N}]@[\p{L}\p{N}-]+\.[\p{L}\p{N}]|^[^\p{L}\p{N}]{0,3}[\da-f][\da-f-]{7,}[^\p{L}\p{N}]{0,3}$/u;

/** Letters, digits and signs in one go; a sign such as `!` counts inside only, at the end it is punctuation. */
const SEGMENT = /[a-z\d@$](?:[a-z\d@$!|]*[a-z\d@$])?/g;

/** Whether a chunk of a text, from space to space, is made of words at all. */
export const isWriting = (chunk: string): boolean => !NO_WRITING.test(chunk);

/**
 * Reads digits and signs as the letters that they stand for: `sh1t`, `b!tch`, `@$$`.
 *
 * @param text as `plainText` returns it
 * @returns the readings that differ from the text: `1` as i, and `1` as l
 */
export function leetReadings(text: string): string[] {
  const chunks = text.split(' ');
  const readings = ['i', 'l'].map((one) => chunks.map((chunk) => readChunk(chunk, one)).join(' '));
  return [...new Set(readings)].filter((reading) => reading !== text);
}

const readChunk = (chunk: string, one: string): string =>
  isWriting(chunk) ? chunk.replace(SEGMENT, (segment) => readSegment(segment, one)) : chunk;

function readSegment(segment: string, one: string): string {
  const digits = segment.replace(/\D/g, '').length;
  // Mostly digits: the A55 is a road and 455 a number.
  if (digits * 2 > segment.length) return segment;
  return (
    segment
      .replace(/[1!|]/g, one)
      // A$5 is an amount, and $ at the end a sign, unless it is doubled.
      .replace(/\$(?=[^\d])|(?<=\$)\$(?!\d)/g, 's')
      .replace(/[034567@]/g, (sign) => letters[sign]!)
  );
}
