import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '#testing';
import { Commenters } from './commenters.js';
import { RealSystem } from './real-system.js';

describe('faults of PostgreSQL', { timeout: 360_000 }, () => {
  let real: RealSystem;

  beforeAll(async () => {
    real = await RealSystem.start();
  }, 120_000);
  afterAll(() => real?.stop(), 60_000);

  it('lose no accepted comment and end no process; what cannot be stored is refused with 503', async () => {
    const commenters = await Commenters.start(real.api);
    const pids = real.system.processes.map(({ pid }) => pid);
    const writing = commenters.writeOn(3);
    for (let round = 0; round < 3; round++) {
      await commenters.more(20, 'before the kill');
      const refused = commenters.refused.length;
      await real.postgres.kill();
      await waitFor(() => commenters.refused.length >= refused + 5, { what: 'refused comments', timeout: 60_000 });
      await real.postgres.start();
    }
    await commenters.more(20, 'after the last start');
    commenters.stop();
    await writing;
    expect(commenters.brokenOff).toEqual([]);
    expect(new Set(commenters.refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(commenters.refused[0]!.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    await commenters.allShown();
    expect(real.system.processes.map(({ pid }) => pid)).toEqual(pids);
  });
});
