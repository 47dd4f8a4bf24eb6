import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.mjs';

const limits = { firstMs: 100, maxMs: 500, steadyMs: 1000 };

describe('createBackoff', () => {
  it('waits twice as long after each death, up to a limit', () => {
    const delay = createBackoff(limits);
    expect([0, 0, 0, 0, 0].map((uptime) => delay(uptime))).toEqual([100, 200, 400, 500, 500]);
  });

  it('begins again after a process that stayed up for a while', () => {
    const delay = createBackoff(limits);
    expect([0, 0, 0, 1000, 0].map((uptime) => delay(uptime))).toEqual([100, 200, 400, 100, 200]);
  });
});
