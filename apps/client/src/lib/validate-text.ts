/** What is wrong with a text that must be there: nothing, or a sentence. Space around it does not count. */
export function requiredText(text: string, limit: number, missing: string): string | undefined {
  return text.trim() === '' ? missing : tooLong(text.trim(), limit);
}

/** What is wrong with the length of a text: nothing, or a sentence. */
export function tooLong(text: string, limit: number): string | undefined {
  return text.length > limit ? `Use at most ${limit.toLocaleString('en')} characters` : undefined;
}

/** What to tell about the room that is left; undefined while there is plenty. */
export function remainingText(length: number, limit: number): string | undefined {
  const left = limit - length;
  if (left > Math.max(20, limit / 20)) return undefined;
  const characters = Math.abs(left) === 1 ? 'character' : 'characters';
  const count = Math.abs(left).toLocaleString('en');
  return left < 0 ? `${count} ${characters} too many` : `${count} ${characters} left`;
}

/** Leaves out the fields that have no error. */
export function onlyErrors(errors: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(errors).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
