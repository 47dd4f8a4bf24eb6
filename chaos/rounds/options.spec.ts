import { describe, expect, it } from 'vitest';
import { parseChaosOptions } from './options.mjs';

const parse = (...args: string[]) => parseChaosOptions(args, ['kill-posts', 'kill-query']);

describe(parseChaosOptions.name, () => {
  it('has a default for everything', () => {
    expect(parse()).toMatchObject({ minutes: 5, clients: 8, faults: [], keep: false, verbose: false, list: false });
  });

  it('makes up a seed, another one each time', () => {
    expect(parse().seed).toMatch(/^[0-9a-f]{6}$/);
    expect(parse().seed).not.toBe(parse().seed);
  });

  it('takes several faults', () => {
    const args = ['--fault', 'kill-query', '--fault', 'kill-posts', '--seed', 'x', '--minutes', '0.5'];
    expect(parse(...args)).toMatchObject({ faults: ['kill-query', 'kill-posts'], seed: 'x', minutes: 0.5 });
  });

  it.each([
    [['--fault', 'kill-cat'], '--fault kill-cat: there is no such fault'],
    [['--minutes', 'ten'], '--minutes ten: must be a number from 0.1 to 1440'],
    [['--minutes', ''], 'must be a number'],
    [['--clients', '0'], '--clients 0: must be a number from 1 to 200'],
    [['--sed', '1'], "Unknown option '--sed'"],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
