import { z } from 'zod';
import { serviceEnv } from '#service';

/** At least two letters or digits: `c++` would come down to the letter c, and block every text that has one. */
const blockedWord = z
  .string()
  .max(100, 'has a word of more than 100 characters')
  .regex(/^[\p{L}\p{M}\p{N} '’-]*$/u, 'may hold words of letters and digits only')
  .regex(/(?:[\p{L}\p{N}].*){2}/u, 'has a word of less than two characters');

/** What the moderation service reads from its environment. */
export const moderationEnv = serviceEnv('moderation').extend({
  /** Words that are blocked besides the English list: `casino,free money`. */
  MODERATION_BLOCKLIST: z
    .string()
    .transform((list) =>
      list
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    )
    .pipe(z.array(blockedWord))
    .default([]),
});
export type ModerationEnv = z.infer<typeof moderationEnv>;
