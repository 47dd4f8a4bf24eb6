import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { unitOfWorkContract } from '../test/contract/contract.js';
import { aCounter, Counter, TemporaryDatabase } from '../test/temporary-database.js';
import { StrayStatementError } from './errors.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';
import type { UnitOfWork } from './unit-of-work.js';

describe(SqliteUnitOfWork.name, () => {
  unitOfWorkContract((limits) => TemporaryDatabase.open(limits));

  it('rejects statements outside a unit', async () => {
    const database = await TemporaryDatabase.open();
    await expect(database.writer.query('DELETE FROM counters')).rejects.toThrow(StrayStatementError);
    await expect(database.writer.manager.insert(Counter, aCounter('a'))).rejects.toThrow(StrayStatementError);
    await expect(database.writer.getRepository(Counter).save(aCounter('a'))).rejects.toThrow(StrayStatementError);
    expect(await database.ids()).toEqual([]);
    await database.close();
  });

  describe('group commit', () => {
    let database: TemporaryDatabase;
    let sut: UnitOfWork;

    beforeEach(async () => {
      database = await TemporaryDatabase.open();
      sut = database.unitOfWork;
    });
    afterEach(() => database.close());

    /** Starts a unit that holds the queue up until all that are started in the same turn are waiting behind it. */
    const openGroup = () => sut.run(() => turn());

    it('resolves only after the COMMIT that it shares with others', async () => {
      const seen: unknown[] = [];
      let resolved = false;
      const first = openGroup();
      const second = sut
        .run((manager) => manager.insert(Counter, aCounter('a')))
        .then(async () => {
          resolved = true;
          seen.push(await database.ids());
        });
      const third = sut.run(async (manager) => {
        await turn();
        // The second unit's work is over, but nothing may be told of it while it can still be lost.
        seen.push(resolved, await database.ids(), await manager.existsBy(Counter, { id: 'a' }));
      });
      await Promise.all([first, second, third]);
      expect(seen).toEqual([false, [], true, ['a']]);
    });

    it.each([
      ['shares one COMMIT among the units that wait together', 256, 2],
      ['never puts more than the limit into one transaction', 10, 11],
      ['can do without sharing', 1, 101],
    ])('%s', async (_, groupSize, commits) => {
      await database.close();
      database = await TemporaryDatabase.open({ groupSize });
      sut = database.unitOfWork;
      const statements = vi.spyOn(database.writer.logger, 'logQuery');
      const units = Array.from({ length: 100 }, (_unit, index) =>
        sut.run((manager) => manager.insert(Counter, aCounter(String(index)))),
      );
      await Promise.all([openGroup(), ...units]);
      expect(statements.mock.calls.filter(([sql]) => sql === 'COMMIT')).toHaveLength(commits);
      expect(await database.ids()).toHaveLength(100);
    });

    it('rolls back one unit of the group whose statement failed', async () => {
      const outcomes = await Promise.allSettled([
        openGroup(),
        sut.run((manager) => manager.insert(Counter, aCounter('before'))),
        sut.run(async (manager) => {
          await manager.insert(Counter, aCounter('failed'));
          // A constraint that ends the statement only; the transaction goes on.
          await manager.insert(Counter, aCounter('failed'));
        }),
        sut.run((manager) => manager.insert(Counter, aCounter('behind'))),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
      expect(await database.ids()).toEqual(['before', 'behind']);
    });

    it('runs the units in the order in which they were begun', async () => {
      const order: number[] = [];
      const unit = (index: number) => sut.run((manager) => manager.count(Counter).then(() => order.push(index)));
      await Promise.all(Array.from({ length: 100 }, (_, index) => unit(index)));
      expect(order).toEqual(order.map((_, index) => index));
    });
  });
});
