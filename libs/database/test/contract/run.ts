import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCounter, Counter, type OpenDatabase, type TestDatabase } from '../temporary-database.js';
import type { UnitOfWork } from '../../src/unit-of-work.js';

/** What holds for units, on every database. */
export const run = (open: OpenDatabase) =>
  describe('run', () => {
    let database: TestDatabase;
    let sut: UnitOfWork;

    beforeEach(async () => {
      // Generous, as a busy machine may take long over many that change the same row.
      database = await open({ lockTimeout: 60_000 });
      sut = database.unitOfWork;
    });
    afterEach(() => database.close());

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
        const outcome = sut.run(async (manager) => {
          await manager.insert(Counter, aCounter('a'));
          throw error;
        });
        await expect(outcome).rejects.toBe(error);
        expect(await database.ids()).toEqual([]);
      });

      it('takes work that throws before it returns a promise', async () => {
        const outcome = sut.run(() => {
          throw new Error('at once');
        });
        await expect(outcome).rejects.toThrow('at once');
      });

      it('rolls back a unit that fails alone: its neighbours commit', async () => {
        const outcomes = await Promise.allSettled([
          sut.run((manager) => manager.insert(Counter, aCounter('before'))),
          sut.run(async (manager) => {
            await manager.insert(Counter, aCounter('failed'));
            await manager.insert(Counter, aCounter('failed'));
          }),
          sut.run((manager) => manager.insert(Counter, aCounter('behind'))),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(await database.ids()).toEqual(['before', 'behind']);
      });

      it('runs 50 concurrent units as if one after the other', async () => {
        await sut.run((manager) => manager.insert(Counter, aCounter('a')));
        const units = Array.from({ length: 50 }, () =>
          sut.run(async (manager) => {
            const { value } = await manager.findOneByOrFail(Counter, { id: 'a' });
            await manager.update(Counter, 'a', { value: value + 1 });
            return value;
          }),
        );
        expect((await Promise.all(units)).toSorted((a, b) => a - b)).toEqual(units.map((_, index) => index));
        expect((await database.reader.manager.findOneByOrFail(Counter, { id: 'a' })).value).toBe(50);
      });

      it('keeps what two have decided by the same rows from both coming true', async () => {
        await sut.run((manager) => manager.insert(Counter, [aCounter('on call 1', 1), aCounter('on call 2', 1)]));
        // Each may leave only while somebody else stays: what both read would still be so if either came first alone.
        const leave = (id: string) =>
          sut.run(async (manager) => {
            if ((await manager.sum(Counter, 'value'))! > 1) await manager.update(Counter, id, { value: 0 });
          });
        await Promise.all([leave('on call 1'), leave('on call 2')]);
        expect(await database.reader.manager.sum(Counter, 'value')).toBe(1);
      });

      it('lets one of many who look first insert the same key', async () => {
        const insertOnce = () =>
          sut.run(async (manager) => {
            if (await manager.existsBy(Counter, { id: 'a' })) return false;
            await manager.insert(Counter, aCounter('a'));
            return true;
          });
        const outcomes = await Promise.all(Array.from({ length: 20 }, insertOnce));
        expect(outcomes.filter(Boolean)).toHaveLength(1);
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
        expect(await database.reader.manager.find(Counter, { order: { id: 'ASC' } })).toEqual([
          aCounter('a', 7),
          aCounter('b'),
        ]);
      });

      it('rejects, each time, when the database was closed', async () => {
        await database.writer.destroy();
        await expect(sut.run((manager) => manager.count(Counter))).rejects.toThrow(/not open|not connected/i);
        await expect(sut.run((manager) => manager.count(Counter))).rejects.toThrow(/not open|not connected/i);
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
      it('resolves when all units are done, those too that were begun meanwhile', async () => {
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
