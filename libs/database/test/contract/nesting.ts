import { setImmediate as turn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCounter, Counter, deferred, type OpenDatabase, type TestDatabase } from '../temporary-database.js';
import { StrayStatementError } from '../../src/errors.js';
import type { UnitOfWork } from '../../src/unit-of-work.js';

/** What holds for units inside units, on every database. */
export const nesting = (open: OpenDatabase) =>
  describe('run inside run', () => {
    let database: TestDatabase;
    let sut: UnitOfWork;

    beforeEach(async () => {
      database = await open();
      sut = database.unitOfWork;
    });
    afterEach(() => database.close());

    const insert = (id: string) => sut.run((manager) => manager.insert(Counter, aCounter(id)));
    const insertAndFail = (id: string) =>
      sut.run(async (manager) => {
        await manager.insert(Counter, aCounter(id));
        throw new Error(`${id} failed`);
      });

    it('joins the outer unit and commits with it', async () => {
      await sut.run(async (manager) => {
        await insert('inner');
        expect(await manager.existsBy(Counter, { id: 'inner' })).toBe(true);
        expect(await database.ids()).toEqual([]);
      });
      expect(await database.ids()).toEqual(['inner']);
    });

    it('rolls back with the outer unit', async () => {
      const run = sut.run(async () => {
        await insert('inner');
        throw new Error('outer failed');
      });
      await expect(run).rejects.toThrow('outer failed');
      expect(await database.ids()).toEqual([]);
    });

    it('takes the outer unit along when nobody catches its error', async () => {
      const run = sut.run(async (manager) => {
        await manager.insert(Counter, aCounter('outer'));
        await insertAndFail('inner');
      });
      await expect(run).rejects.toThrow('inner failed');
      expect(await database.ids()).toEqual([]);
    });

    it('rolls back alone when its error is caught', async () => {
      await sut.run(async (manager) => {
        await manager.insert(Counter, aCounter('before'));
        await insertAndFail('inner').catch(() => undefined);
        await manager.insert(Counter, aCounter('behind'));
      });
      expect(await database.ids()).toEqual(['before', 'behind']);
    });

    it('nests as deep as one likes', async () => {
      await sut.run(async () => {
        await sut
          .run(async () => {
            await insert('third');
            throw new Error('second failed');
          })
          .catch(() => undefined);
        await sut.run(() => insert('fifth'));
      });
      expect(await database.ids()).toEqual(['fifth']);
    });

    it('runs two that are started at once one after the other: each rolls back alone', async () => {
      const steps: string[] = [];
      const step = (name: string, fails = false) =>
        sut.run(async (manager) => {
          steps.push(`${name} begins`);
          await manager.insert(Counter, aCounter(name));
          await turn();
          steps.push(`${name} ends`);
          if (fails) throw new Error(name);
        });
      await sut.run(() => Promise.allSettled([step('a'), step('b', true), step('c')]));
      expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
      expect(await database.ids()).toEqual(['a', 'c']);
    });

    it('is waited for by the outer unit, even if its work does not', async () => {
      await sut.run(async () => {
        void insert('a').then(() => insert('b'));
        await Promise.resolve();
      });
      await sut.idle();
      expect(await database.ids()).toContain('a');
    });

    it('does not interleave with the statements of the outer unit', async () => {
      const outcomes = await sut.run((manager) =>
        Promise.allSettled([insertAndFail('inner'), manager.insert(Counter, aCounter('beside'))]),
      );
      // Whether the statement beside it ran or was turned away, what was answered is true.
      const stored = outcomes[1].status === 'fulfilled' ? ['beside'] : [];
      expect(await database.ids()).toEqual(stored);
    });

    it("turns away the outer unit's statements while it runs", async () => {
      const inside = deferred();
      const goOn = deferred();
      await sut.run(async (manager) => {
        const inner = sut.run(async () => {
          inside.resolve();
          await goOn.promise;
        });
        await inside.promise;
        await expect(manager.insert(Counter, aCounter('beside'))).rejects.toThrow(StrayStatementError);
        goOn.resolve();
        await inner;
        await manager.insert(Counter, aCounter('afterwards'));
      });
      expect(await database.ids()).toEqual(['afterwards']);
    });

    it('is a unit of its own when the unit that it was started in is over', async () => {
      const over = deferred();
      const late: Promise<unknown>[] = [];
      await sut.run((manager: EntityManager) => {
        late.push(over.promise.then(() => insert('late')));
        return manager.insert(Counter, aCounter('outer'));
      });
      over.resolve();
      await Promise.all(late);
      expect(await database.ids()).toEqual(['late', 'outer']);
    });
  });
