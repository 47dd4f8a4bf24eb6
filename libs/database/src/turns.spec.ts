import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

/** Whether `wait` is over at once, without a timer. */
const isOver = (wait: Promise<void>): Promise<boolean> =>
  Promise.race([wait.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe(Turns.name, () => {
  it('never makes a process wait that is alone', async () => {
    const sut = new Turns();
    sut.over();
    expect(await isOver(sut.yield())).toBe(true);
  });

  it('makes one that knows of others wait after its transaction, and not before', async () => {
    const sut = new Turns();
    await sut.refused();
    expect(await isOver(sut.yield())).toBe(true);
    sut.over();
    expect(await isOver(sut.yield())).toBe(false);
  });
});
