import { describe, expect, it } from 'vitest';
import { MoveError } from './move-error.js';
import { readMoveOptions } from './move-options.js';

const from = ['--from', 'sqlite:.data/comments.db'];
const url = 'postgres://parley:secret@localhost:5432/comments';

describe(readMoveOptions.name, () => {
  it.each([
    [[], 'move'],
    [['--dry-run'], 'preview'],
    [['--verify'], 'compare'],
  ])('reads %j', (flags, action) => {
    expect(readMoveOptions([...from, '--to', url, ...flags], {})).toEqual({ action, from: from[1], to: url });
  });

  it('takes the target from DATABASE_URL', () => {
    expect(readMoveOptions(from, { DATABASE_URL: url }).to).toBe(url);
  });

  it('needs no target to release the source', () => {
    expect(readMoveOptions([...from, '--release'], {}).action).toBe('release');
  });

  it.each([
    [['--to', url], '--from sqlite:'],
    [['--from', url, '--to', url], '--from sqlite:'],
    [from, '--to postgres://'],
    [[...from, '--to', 'postgres://localhost'], '--to postgres://'],
    [[...from, '--to', 'sqlite:other.db'], '--to postgres://'],
    [[...from, '--to', url, '--verify', '--dry-run'], 'do not go together'],
    [[...from, '--to', url, '--fast'], "Unknown option '--fast'"],
  ])('refuses %j and says why', (args, message) => {
    expect(() => readMoveOptions(args, {})).toThrow(MoveError);
    expect(() => readMoveOptions(args, {})).toThrow(message);
  });
});
