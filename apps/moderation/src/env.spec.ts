import { describe, expect, it } from 'vitest';
import { EnvironmentError, parseEnv } from '#service';
import { moderationEnv } from './env.js';

describe('moderationEnv', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['casino', ['casino']],
    [' casino , free money,,crypto-scam,спам ', ['casino', 'free money', 'crypto-scam', 'спам']],
  ])('reads MODERATION_BLOCKLIST %j', (list, words) => {
    expect(parseEnv(moderationEnv, { MODERATION_BLOCKLIST: list }).MODERATION_BLOCKLIST).toEqual(words);
  });

  it.each(['c++', 'x', 'casino,-', 'ca(sino', 'w'.repeat(101)])('refuses MODERATION_BLOCKLIST %j', (list) => {
    expect(() => parseEnv(moderationEnv, { MODERATION_BLOCKLIST: list })).toThrow(EnvironmentError);
  });
});
