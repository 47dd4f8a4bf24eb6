import { describe, expect, it } from 'vitest';
import { formatRelative } from './time';

const now = Date.parse('2026-06-15T12:00:00.000Z');

describe('formatRelative', () => {
  it.each([
    ['2026-06-15T12:00:05.000Z', 'just now'],
    ['2026-06-15T11:59:30.000Z', 'just now'],
    ['2026-06-15T11:59:00.000Z', '1 minute ago'],
    ['2026-06-15T11:01:00.000Z', '59 minutes ago'],
    ['2026-06-15T10:30:00.000Z', '1 hour ago'],
    ['2026-06-14T11:00:00.000Z', 'yesterday'],
    ['2026-06-10T12:00:00.000Z', '5 days ago'],
    ['2026-06-01T12:00:00.000Z', 'Jun 1'],
    ['2025-06-15T12:00:00.000Z', 'Jun 15, 2025'],
  ])('%s is %s', (timestamp, text) => {
    expect(formatRelative(timestamp, now)).toBe(text);
  });
});
