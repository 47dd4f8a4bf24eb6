import { describe, expect, it } from 'vitest';
import type { Fault } from '../faults/fault.mjs';
import { seeded } from './random.mjs';
import { Schedule } from './schedule.mjs';

const fault = (name: string, more: Partial<Fault> = {}): Fault => ({
  name,
  what: name,
  inject: () => Promise.resolve(name),
  ...more,
});

const faults = [
  fault('kill-posts', { touches: ['posts'] }),
  fault('kill-query', { touches: ['query'] }),
  fault('kill-comments', { touches: ['comments'] }),
  fault('stop-comments', { touches: ['comments'] }),
  fault('broker-killed', { touches: ['broker'] }),
  fault('freeze-posts', { touches: ['posts'], long: true }),
  fault('freeze-query', { touches: ['query'], long: true }),
  fault('alone'),
];

const rounds = (seed: string, count = 100): Fault[][][] => {
  const sut = new Schedule(faults, seeded(seed));
  return Array.from({ length: count }, () => sut.next());
};
const names = (all: Fault[][][]): string[][][] => all.map((round) => round.map((lane) => lane.map(({ name }) => name)));

describe(Schedule.name, () => {
  it('gives the same rounds for the same seed, and others for another', () => {
    expect(names(rounds('a'))).toEqual(names(rounds('a')));
    expect(names(rounds('a'))).not.toEqual(names(rounds('b')));
  });

  it('injects every fault about equally often', () => {
    const injected = rounds('a').flat(2);
    const counts = faults.map((each) => injected.filter((one) => one === each).length);
    expect(Math.min(...counts)).toBeGreaterThan(10);
  });

  it('never has two lanes that touch the same', () => {
    for (const round of rounds('a')) {
      const touched = round.map((lane) => new Set(lane.flatMap(({ touches = [] }) => touches)));
      const all = touched.flatMap((each) => [...each]);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('injects alone what does not say what it touches', () => {
    const withAlone = rounds('a').filter((round) => round.flat().some(({ name }) => name === 'alone'));
    expect(withAlone.length).toBeGreaterThan(0);
    expect(withAlone.every((round) => round.flat().length === 1)).toBe(true);
  });

  it('injects long ones together, with short ones beside them', () => {
    const withLong = rounds('a').filter((round) => round.flat().some(({ long }) => long));
    expect(withLong.every((round) => round.flat().filter(({ long }) => long).length === 2)).toBe(true);
    expect(withLong.some((round) => round.at(-1)!.length > 1)).toBe(true);
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
