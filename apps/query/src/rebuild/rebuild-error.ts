/** What whoever runs the command has to know or to change; its message is one line. */
export class RebuildError extends Error {
  override readonly name = 'RebuildError';
}

/** The last events did not come in the time that the running read model may be locked. Trying again may help. */
export class TooSlowError extends RebuildError {}
