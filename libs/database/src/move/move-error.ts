/** A move of data cannot go on; the message says what the operator can do about it. */
export class MoveError extends Error {
  override readonly name = 'MoveError';
}
