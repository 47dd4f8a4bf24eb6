import { describe, expect, it } from 'vitest';
import type { Fault } from '../faults/fault.mjs';
import { seeded } from './random.mjs';
import type { Round } from './schedule.mjs';
import { Schedule } from './schedule.mjs';

const fault = (name: string, seconds: number, more: Partial<Fault> = {}): Fault => ({
  name,
  what: name,
  seconds,
  inject: () => Promise.resolve(name),
  ...more,
});

const faults = [
  fault('kill-posts', 4, { touches: ['posts'] }),
  fault('kill-query', 4, { touches: ['query'] }),
  fault('kill-comments', 4, { touches: ['comments'] }),
  fault('kill-several', 4, { touches: ['posts', 'comments', 'query'] }),
  fault('broker-killed', 7, { touches: ['broker'] }),
  fault('broker-stopped', 60, { touches: ['broker'] }),
  fault('query-throws', 20, { touches: ['query'], needs: ['broker'] }),
  fault('freeze-posts', 30, { touches: ['posts'] }),
  fault('freeze-query', 30, { touches: ['query'] }),
  fault('network-cut', 40, { touchesOneOf: ['posts', 'comments', 'query'] }),
  fault('alone', 4),
  fault('alone-as-well', 4),
];

const rounds = (seed: string, count = 100): Round[] => {
  const sut = new Schedule(faults, seeded(seed));
  return Array.from({ length: count }, () => sut.next());
};
const namesIn = (round: Round): string[][] => round.map((lane) => lane.map(({ fault: { name } }) => name));
const countOf = (all: Round[], name: string): number =>
  all
    .flatMap(namesIn)
    .flat()
    .filter((each) => each === name).length;

describe(Schedule.name, () => {
  it('gives the same rounds for the same seed, and others for another', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((seed) => rounds(seed).map(namesIn));
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
  });

  it('begins every round with one of those that came least often', () => {
    const sut = new Schedule(faults, seeded('a'));
    const least = Array.from({ length: 100 }, () => (sut.next(), sut.least));
    expect(least.at(-1)).toBeGreaterThan(20);
    expect(least.toSorted((a, b) => a - b)).toEqual(least);
  });

  it('injects each at most once in a round, several of them at the same time', () => {
    const names = rounds('a').map((round) => namesIn(round).flat());
    expect(names.every((each) => new Set(each).size === each.length)).toBe(true);
    expect(rounds('a').some((round) => round.length > 2)).toBe(true);
  });

  it('never lets two lanes touch the same', () => {
    for (const round of rounds('a')) {
      const touched = round.map((lane) =>
        lane.flatMap(({ fault: { touches }, target }) => touches ?? (target === undefined ? [] : [target])),
      );
      const all = touched.flatMap((each) => [...new Set(each)]);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('never lets one touch what another needs at the same time', () => {
    const withThrows = rounds('a').filter((round) => countOf([round], 'query-throws') > 0);
    expect(withThrows.length).toBeGreaterThan(0);
    for (const round of withThrows) {
      const elsewhere = round.filter((lane) => countOf([[lane]], 'query-throws') === 0);
      expect(elsewhere.flat(1).flatMap(({ fault: { touches = [] } }) => touches)).not.toContain('broker');
    }
  });

  it('aims at one of what a fault may touch, at each of them in time', () => {
    const targets = rounds('a')
      .flat(2)
      .filter(({ fault: { name } }) => name === 'network-cut')
      .map(({ target }) => target);
    expect(new Set(targets)).toEqual(new Set(['posts', 'comments', 'query']));
  });

  it('makes no lane longer than the fault that the round began with, or a while', () => {
    for (const round of rounds('a')) {
      const [begun = 0] = round[0]!.map(({ fault: { seconds } }) => seconds);
      for (const lane of round.filter(({ length }) => length > 1)) {
        expect(lane.reduce((sum, { fault: { seconds } }) => sum + seconds, 0)).toBeLessThanOrEqual(Math.max(begun, 25));
      }
    }
  });

  it('injects those that do not say what they touch without others, one after the other', () => {
    const withAlone = rounds('a').filter((round) => namesIn(round).flat().includes('alone'));
    expect(withAlone.length).toBeGreaterThan(0);
    for (const round of withAlone)
      expect(namesIn(round).map((lane) => lane.toSorted())).toEqual([['alone', 'alone-as-well']]);
    expect(countOf(rounds('a'), 'alone')).toBe(countOf(rounds('a'), 'alone-as-well'));
  });
});

describe(seeded.name, () => {
  it('gives numbers from 0 to below 1 that are spread evenly', () => {
    const random = seeded('a');
    const numbers = Array.from({ length: 10_000 }, random);
    expect(numbers.every((each) => each >= 0 && each < 1)).toBe(true);
    const mean = numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
    expect(mean).toBeCloseTo(0.5, 1);
  });
});
