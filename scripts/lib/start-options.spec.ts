import { describe, expect, it } from 'vitest';
import { parseStartOptions } from './start-options.mjs';

describe('parseStartOptions', () => {
  it('starts one of each with the data of the last time when nothing is asked for', () => {
    expect(parseStartOptions([])).toEqual({ help: false, watch: false, fresh: false, copies: {} });
  });

  it('understands every option', () => {
    const options = parseStartOptions(['--watch', '--fresh', '-h']);
    expect(options).toMatchObject({ help: true, watch: true, fresh: true });
  });

  it.each([
    { args: ['--copies', 'comments=3'], copies: { comments: 3 } },
    { args: ['--copies=comments=2,query=4'], copies: { comments: 2, query: 4 } },
    { args: ['--copies', 'posts=2', '--copies', 'gateway=2'], copies: { posts: 2, gateway: 2 } },
  ])('reads $args', ({ args, copies }) => {
    expect(parseStartOptions(args).copies).toEqual(copies);
  });

  it.each([
    { args: ['--copies', 'users=2'], problem: 'not "users=2"' },
    { args: ['--copies', 'comments'], problem: 'not "comments"' },
    { args: ['--copies', 'comments=many'], problem: 'not "comments=many"' },
    { args: ['--copies', 'comments=0'], problem: 'from 1 to 20' },
    { args: ['--copies', 'comments=21'], problem: 'from 1 to 20' },
    { args: ['--faster'], problem: "Unknown option '--faster'. See" },
    { args: ['faster'], problem: "Unexpected argument 'faster'" },
  ])('refuses $args in one line', ({ args, problem }) => {
    expect(() => parseStartOptions(args)).toThrow(problem);
    expect(() => parseStartOptions(args)).toThrow(/^[^\n]*$/);
  });
});
