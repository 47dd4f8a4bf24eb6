/** What was asked of the dead letters cannot be done now; the message says what to change. */
export class DeadLetterError extends Error {
  override readonly name: string = 'DeadLetterError';
}

/** No dead letter has this id: it was redriven or discarded meanwhile, say. */
export class NoSuchDeadLetterError extends DeadLetterError {
  override readonly name = 'NoSuchDeadLetterError';
}

/** Several dead letters have this id, which is the `messageId` of each. */
export class AmbiguousDeadLetterError extends DeadLetterError {
  override readonly name = 'AmbiguousDeadLetterError';
}

/** Somebody else looks at these dead letters, and did not finish in time. */
export class DeadLettersBusyError extends DeadLetterError {
  override readonly name = 'DeadLettersBusyError';
}
