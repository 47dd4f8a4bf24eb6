// @ts-check

/**
 * Something the person at the keyboard can put right. It is shown as its message (and, when there is any, the output
 * of the command that failed), never with a stack trace.
 */
export class UserError extends Error {
  /**
   * @param {string} message one or two lines: what is wrong, and what to do about it
   * @param {{ output?: string, cause?: unknown }} [options] `output`: what a failed command printed
   */
  constructor(message, { output, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'UserError';
    this.output = output;
  }
}

/**
 * The message of anything that was thrown.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The `code` of a system error such as `ENOENT`, if it has one.
 * @param {unknown} error
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/**
 * A long output cut down to what says why a command failed: most say it at the end, some before a page of help.
 * @param {string} output
 * @param {{ first?: number, last?: number }} [lines]
 */
export function excerpt(output, { first = 10, last = 40 } = {}) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= first + last) return lines.join('\n');
  return [...lines.slice(0, first), '…', ...lines.slice(-last)].join('\n');
}
