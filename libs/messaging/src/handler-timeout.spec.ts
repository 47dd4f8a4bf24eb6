import { describe, expect, it } from 'vitest';
import { isDatabaseTrouble } from '#database';
import { withinHandlerTimeout } from './handler-timeout.js';

const forEver = (): Promise<never> => new Promise(() => undefined);

describe(withinHandlerTimeout.name, () => {
  it('waits for what ends in time', async () => {
    let done = false;
    await withinHandlerTimeout(10_000, async (begin) => {
      begin();
      done = await Promise.resolve(true);
    });
    expect(done).toBe(true);
  });

  it('lets the error of what fails in time through', async () => {
    const error = new Error('no');
    await expect(withinHandlerTimeout(10_000, () => Promise.reject(error))).rejects.toBe(error);
  });

  it('gives up a handler that hangs', async () => {
    const hanging = withinHandlerTimeout(20, (begin) => {
      begin();
      return forEver();
    });
    await expect(hanging).rejects.toThrow('the handler did not end within 0.02 s');
    await expect(hanging).rejects.not.toSatisfy(isDatabaseTrouble);
  });

  it('blames the database when the handler did not even begin', async () => {
    await expect(withinHandlerTimeout(20, forEver)).rejects.toSatisfy(isDatabaseTrouble);
  });

  it('does not let a handler begin that was given up before its turn', async () => {
    let turn: () => void = () => undefined;
    let handled = false;
    const work = new Promise<void>((resolve) => (turn = resolve));
    let late: Promise<void> | undefined;
    const waiting = withinHandlerTimeout(20, (begin) => {
      late = work.then(() => {
        begin();
        handled = true;
      });
      return late;
    });
    await expect(waiting).rejects.toThrow('no turn');
    turn();
    await expect(late).rejects.toThrow('no turn');
    expect(handled).toBe(false);
  });

  it('does not mind what becomes of a handler that it gave up', async () => {
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_, reject) => (fail = reject));
    await expect(withinHandlerTimeout(20, () => late)).rejects.toThrow('no turn');
    // An unhandled rejection would fail the run.
    fail(new Error('late'));
    await expect(late).rejects.toThrow('late');
  });
});
