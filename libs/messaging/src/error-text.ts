import { explainTlsError } from './tls-error.js';

/** What there is to say of an error of a connection. */
export const errorText = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(errorText).join(', ');
  return error instanceof Error ? (explainTlsError(error) ?? error.message) : String(error);
};
