import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onPostgres, waitFor } from '#testing';
import { Commenters } from './commenters.js';
import { RealSystem } from './real-system.js';

describe('faults', { timeout: 180_000 }, () => {
  let real: RealSystem;
  let commenters: Commenters;

  beforeAll(async () => {
    real = await RealSystem.start();
  }, 120_000);
  afterAll(() => real?.stop(), 60_000);
  beforeEach(async () => {
    commenters = await Commenters.start(real.api);
  });

  it('loses no accepted comment while every process in turn is killed', async () => {
    const writing = commenters.writeOn(3);
    for (const label of ['posts', 'comments', 'moderation', 'query', 'gateway']) {
      await commenters.more(20, 'before the kill');
      await real.killAndAwait(label);
      await commenters.more(20, 'after the kill');
    }
    commenters.stop();
    await writing;
    await commenters.allShown();
  });

  it('takes comments while RabbitMQ is down, and judges and shows them when it is back', async () => {
    await real.broker.stop();
    await Promise.all(Array.from({ length: 100 }, () => commenters.write()));
    expect(commenters.accepted).toHaveLength(100);
    await real.broker.start();
    await commenters.allShown();
  });

  it('goes on after RabbitMQ was killed', async () => {
    await real.broker.kill();
    await commenters.write();
    expect(commenters.accepted).toHaveLength(1);
    await real.broker.start();
    await commenters.allShown();
  });

  if (onPostgres) {
    it('loses no accepted comment while PostgreSQL is killed and started again, and says 503 meanwhile', async () => {
      const pids = real.system.processes.map(({ pid }) => pid);
      const writing = commenters.writeOn(3);
      for (let round = 0; round < 3; round++) {
        await commenters.more(20, 'before the kill');
        const refused = commenters.refused.length;
        await real.postgres.kill();
        await waitFor(() => commenters.refused.length >= refused + 5, {
          what: 'comments to be refused',
          timeout: 60_000,
        });
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
  }
});
