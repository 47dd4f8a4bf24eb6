import type { EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCounter, Counter, deferred, type OpenDatabase, type TestDatabase } from '../temporary-database.js';
import { StrayStatementError, UnitTimeoutError } from '../../src/errors.js';
import type { UnitOfWork } from '../../src/unit-of-work.js';

const never = () => new Promise<never>(() => undefined);

/** What holds for units that take too long, on every database. */
export const timeout = (open: OpenDatabase) =>
  describe('a unit over its time limit', () => {
    let database: TestDatabase;
    let sut: UnitOfWork;

    beforeEach(async () => {
      database = await open({ unitTimeout: 100 });
      sut = database.unitOfWork;
    });
    afterEach(() => database.close());

    const insert = (id: string) => sut.run((manager) => manager.insert(Counter, aCounter(id)));

    /** A unit that stops half-way until `goOn`, and then tries to write; `late` is how that ended. */
    const stuckUnit = (id: string) => {
      const goOn = deferred();
      const late: Promise<unknown>[] = [];
      const run = sut.run(async (manager) => {
        await manager.insert(Counter, aCounter(id));
        const write = goOn.promise.then(() => manager.insert(Counter, aCounter(`${id} late`)));
        late.push(
          Promise.allSettled([write]).then(([outcome]) => (outcome.status === 'rejected' ? outcome.reason : 'ran')),
        );
        await write;
      });
      return { run, goOn: goOn.resolve, late: async () => (await Promise.all(late))[0] };
    };

    it('is rolled back with a UnitTimeoutError, and those before and behind it commit', async () => {
      const before = insert('before');
      const stuck = stuckUnit('stuck');
      const behind = insert('behind');
      await expect(stuck.run).rejects.toThrow(UnitTimeoutError);
      await Promise.all([before, behind]);
      expect(await database.ids()).toEqual(['before', 'behind']);
    });

    it('has its late statements rejected when no unit runs', async () => {
      const { run, goOn, late } = stuckUnit('stuck');
      await expect(run).rejects.toThrow(UnitTimeoutError);
      await sut.idle();
      goOn();
      expect(await late()).toBeInstanceOf(StrayStatementError);
      expect(await database.ids()).toEqual([]);
    });

    it('has its late statements rejected while another unit runs, which is not harmed', async () => {
      const { run, goOn, late } = stuckUnit('stuck');
      const next = () =>
        sut.run(async (manager) => {
          goOn();
          expect(await late()).toBeInstanceOf(StrayStatementError);
          await manager.insert(Counter, aCounter('next'));
        });
      await expect(run).rejects.toThrow(UnitTimeoutError);
      await next();
      expect(await database.ids()).toEqual(['next']);
    });

    it('takes the unit inside it along, whose late statements are rejected too', async () => {
      const stuck: ReturnType<typeof stuckUnit>[] = [];
      const run = sut.run(async (manager) => {
        await manager.insert(Counter, aCounter('outer'));
        stuck.push(stuckUnit('inner'));
        await stuck[0]!.run;
      });
      const next = () =>
        sut.run(async (manager) => {
          stuck[0]!.goOn();
          expect(await stuck[0]!.late()).toBeInstanceOf(StrayStatementError);
          await manager.insert(Counter, aCounter('next'));
        });
      await expect(run).rejects.toThrow(UnitTimeoutError);
      await next();
      await expect(stuck[0]!.run).rejects.toThrow(/over|outside|took longer/);
      expect(await database.ids()).toEqual(['next']);
      await insert('later');
      expect(await database.ids()).toEqual(['later', 'next']);
    });

    it('begins no further unit inside it', async () => {
      const goOn = deferred();
      const inner: Promise<unknown>[] = [];
      const run = sut.run(async (manager: EntityManager) => {
        inner.push(
          sut.run(() => goOn.promise),
          insert('waited behind the other'),
        );
        inner.forEach((one) => one.catch(() => undefined));
        await manager.count(Counter).catch(() => undefined);
        await never();
      });
      const next = () =>
        sut.run(async (manager) => {
          goOn.resolve();
          await Promise.allSettled(inner);
          await manager.insert(Counter, aCounter('next'));
        });
      await expect(run).rejects.toThrow(UnitTimeoutError);
      await next();
      expect((await Promise.allSettled(inner)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await database.ids()).toEqual(['next']);
    });

    it('does not outlast its limit by units inside it that its work does not wait for', async () => {
      const run = sut.run(() => {
        for (let unit = 0; unit < 100; unit++) sut.run(never).catch(() => undefined);
        return Promise.resolve();
      });
      await expect(run).rejects.toThrow(UnitTimeoutError);
      await insert('next');
      expect(await database.ids()).toEqual(['next']);
    }, 5_000);
  });
