import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Commenters } from './commenters.js';
import { RealSystem } from './real-system.js';

describe('faults', { timeout: 360_000 }, () => {
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
});
