import { describe, expect, it } from 'vitest';
import { AnnouncementSchedule } from './announcement-schedule.js';

const MINUTE = 60_000;
const now = Date.parse('2026-11-21T12:00:00.000Z');
const minutesUntil = (first: number, times: number): number => {
  const { announceAgainAt } = new AnnouncementSchedule(first).announced(times, now);
  return (Date.parse(announceAgainAt) - now) / MINUTE;
};

describe(AnnouncementSchedule.name, () => {
  it('waits twice as long each time, and an hour at most', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((times) => minutesUntil(MINUTE, times));
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('keeps to an interval of more than an hour', () => {
    expect([1, 2].map((times) => minutesUntil(90 * MINUTE, times))).toEqual([90, 90]);
  });

  it('remembers how often it was', () => {
    expect(new AnnouncementSchedule(MINUTE).announced(3).timesAnnounced).toBe(3);
  });
});
