import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { aCounter, Counter, LockHolder, TemporaryDatabase } from '../test/temporary-database.js';
import { DatabaseBusyError } from './errors.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';

describe(`${SqliteUnitOfWork.name}: while another process holds the write lock`, () => {
  let database: TemporaryDatabase;
  let other: LockHolder;

  afterEach(async () => {
    await other.release();
    await database.close();
  });

  const insert = (id: string) => database.unitOfWork.run((manager) => manager.insert(Counter, aCounter(id)));

  it('waits without blocking the event loop, and goes on when the lock is free', async () => {
    database = await TemporaryDatabase.open();
    other = await LockHolder.lock(database.file);
    let done = false;
    const run = Promise.all([insert('a'), insert('b')]).then(() => (done = true));
    // Were the event loop blocked, these would take as long as the lock is held: for ever.
    for (let tick = 0; tick < 30; tick++) await delay(5);
    expect(done).toBe(false);
    await other.release();
    await run;
    expect(await database.ids()).toEqual(['a', 'b']);
  });

  it('gives up after the lock timeout with a DatabaseBusyError, and works again afterwards', async () => {
    database = await TemporaryDatabase.open({ lockTimeout: 100 });
    other = await LockHolder.lock(database.file);
    const outcomes = await Promise.allSettled([insert('a'), insert('b'), insert('c')]);
    expect(outcomes.map((one) => one.status === 'rejected' && one.reason instanceof DatabaseBusyError)).toEqual([
      true,
      true,
      true,
    ]);
    await other.release();
    await insert('d');
    expect(await database.ids()).toEqual(['d']);
  });

  it('lets readers read', async () => {
    database = await TemporaryDatabase.open();
    await insert('a');
    other = await LockHolder.lock(database.file);
    expect(await database.ids()).toEqual(['a']);
  });
});
