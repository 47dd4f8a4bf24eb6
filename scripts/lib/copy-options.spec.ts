import { describe, expect, it } from 'vitest';
import { parseCopyOptions } from './copy-options.mjs';

describe('parseCopyOptions', () => {
  it('needs no more than a service', () => {
    expect(parseCopyOptions(['comments'])).toEqual({ help: false, name: 'comments' });
  });

  it('understands every option', () => {
    const args = ['gateway', '--port', '3005', '--host', '10.0.0.2'];
    expect(parseCopyOptions(args)).toEqual({ help: false, name: 'gateway', port: 3005, host: '10.0.0.2' });
    expect(parseCopyOptions(['-h']).help).toBe(true);
  });

  it.each([
    { args: [], problem: 'Of which service?' },
    { args: ['users'], problem: 'There is no service "users". Services: posts, comments, query, moderation, gateway.' },
    { args: ['comments', '4007'], problem: 'what is "4007"?' },
    { args: ['comments', '--port', 'many'], problem: '--port many' },
    { args: ['comments', '--port', '70000'], problem: 'from 1 to 65535' },
    { args: ['comments', '--faster'], problem: "Unknown option '--faster'. See" },
  ])('refuses $args in one line', ({ args, problem }) => {
    expect(() => parseCopyOptions(args)).toThrow(problem);
    expect(() => parseCopyOptions(args)).toThrow(/^[^\n]*$/);
  });
});
