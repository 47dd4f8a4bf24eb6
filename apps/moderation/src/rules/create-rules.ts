import type { ModerationEnv } from '../env.js';
import { BlockedWordsRule } from './blocked-words/blocked-words.rule.js';
import { LinksRule } from './links.rule.js';
import { RepetitionRule } from './repetition.rule.js';
import type { Rule } from './rule.js';

/** The rules that every comment is judged by, in the order of their reasons. */
export const createRules = (env: ModerationEnv): Rule[] => [
  new BlockedWordsRule(env.MODERATION_BLOCKLIST),
  new LinksRule(),
  new RepetitionRule(),
];
