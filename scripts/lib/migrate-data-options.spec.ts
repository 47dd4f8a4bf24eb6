import { describe, expect, it } from 'vitest';
import { parseMigrateOptions } from './migrate-data-options.mjs';

describe(parseMigrateOptions.name, () => {
  it.each([
    [
      ['--service', 'comments', '--from', 'sqlite:a.db'],
      ['--from', 'sqlite:a.db'],
    ],
    [
      ['--from', 'sqlite:a.db', '--service=comments', '--verify'],
      ['--from', 'sqlite:a.db', '--verify'],
    ],
  ])('takes the service out of %j', (args, rest) => {
    expect(parseMigrateOptions(args)).toEqual({ service: 'comments', rest });
  });

  it.each([[['--from', 'sqlite:a.db']], [['--service']], [['--service', 'query']], [['--service', '--from']]])(
    'refuses %j and names the services',
    (args) => {
      expect(() => parseMigrateOptions(args)).toThrow(/--service posts, comments, moderation/);
    },
  );

  it.each([[[]], [['--help']], [['--service', 'comments', '-h']]])('offers help for %j', (args) => {
    expect(parseMigrateOptions(args)).toBe('help');
  });
});
