import type { z } from 'zod';
import { Duration, serviceEnv } from '#service';

/** Shorter than anybody who calls waits for an answer, in milliseconds. */
const LONGEST_WAIT = 10_000;

/** What the query service reads from its environment. */
export const queryEnv = serviceEnv('query').extend({
  /** How long a read with a `Consistency-Token` waits for the write that the token names. */
  CONSISTENCY_WAIT: Duration.refine((wait) => wait <= LONGEST_WAIT, 'must be at most 10s').default(2_000),
});
export type QueryEnv = z.infer<typeof queryEnv>;
