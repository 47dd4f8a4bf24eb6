import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aCounter, Counter, TemporaryDatabase } from '../test/temporary-database.js';
import { UnitOfWork } from './unit-of-work.js';

describe(UnitOfWork.name, () => {
  let database: TemporaryDatabase;
  let sut: UnitOfWork;

  beforeEach(async () => {
    database = await TemporaryDatabase.open();
    sut = database.unitOfWork;
  });
  afterEach(() => database.close());

  /** Starts a unit that holds the queue up until all that are started in the same turn are waiting behind it. */
  const openGroup = () => sut.run(() => turn());

  describe('run', () => {
    it('commits what the work did and returns what it returned', async () => {
      const result = await sut.run(async (manager) => {
        await manager.insert(Counter, aCounter('a'));
        return 'done';
      });
      expect(result).toBe('done');
      expect(await database.ids()).toEqual(['a']);
    });

    it('rolls back what the work did and throws what it threw', async () => {
      const error = new Error('no');
      const run = sut.run(async (manager) => {
        await manager.insert(Counter, aCounter('a'));
        throw error;
      });
      await expect(run).rejects.toBe(error);
      expect(await database.ids()).toEqual([]);
    });

    it('takes work that throws before it returns a promise', async () => {
      const run = sut.run(() => {
        throw new Error('at once');
      });
      await expect(run).rejects.toThrow('at once');
    });

    it('rolls back a unit that fails alone: its neighbours in the group commit', async () => {
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

    it('runs 500 concurrent units one after the other', async () => {
      await sut.run((manager) => manager.insert(Counter, aCounter('a')));
      const units = Array.from({ length: 500 }, () =>
        sut.run(async (manager) => {
          const { value } = await manager.findOneByOrFail(Counter, { id: 'a' });
          await manager.update(Counter, 'a', { value: value + 1 });
          return value;
        }),
      );
      expect(await Promise.all(units)).toEqual(units.map((_, index) => index));
      expect((await database.reader.manager.findOneByOrFail(Counter, { id: 'a' })).value).toBe(500);
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

    it('lets save() join the transaction, which would otherwise begin its own', async () => {
      await sut.run(async (manager) => {
        const [saved] = await manager.getRepository(Counter).save([aCounter('a'), aCounter('b')]);
        await manager.save(Counter, { ...saved!, value: 7 });
      });
      await expect(
        sut.run(async (manager) => {
          await manager.getRepository(Counter).save(aCounter('c'));
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect(await database.reader.manager.find(Counter)).toEqual([aCounter('a', 7), aCounter('b')]);
    });

    it('rejects, each time, when the database was closed', async () => {
      await database.writer.destroy();
      await expect(sut.run((manager) => manager.count(Counter))).rejects.toThrow(/connection is not open/);
      await expect(sut.run((manager) => manager.count(Counter))).rejects.toThrow(/connection is not open/);
      // As it was, for the clean-up.
      await database.writer.initialize();
    });

    it('keeps the async context of its caller, not that of whoever started the queue', async () => {
      const trace = new AsyncLocalStorage<string>();
      const traces = await Promise.all(
        ['first', 'second', 'third'].map((name) =>
          trace.run(name, () =>
            sut.run(async (manager) => {
              await manager.count(Counter);
              return trace.getStore();
            }),
          ),
        ),
      );
      expect(traces).toEqual(['first', 'second', 'third']);
    });
  });

  describe('idle', () => {
    it('resolves when all units are done, those too that were queued meanwhile', async () => {
      const done: string[] = [];
      const unit = (name: string) => sut.run((manager) => manager.count(Counter)).then(() => done.push(name));
      const first = unit('first').then(() => unit('later'));
      await sut.idle();
      await first;
      await sut.idle();
      expect(done).toEqual(['first', 'later']);
    });
  });
});
