import { Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCounter, Counter, deferred, type OpenDatabase, type TestDatabase } from '../temporary-database.js';
import { StrayStatementError } from '../../src/errors.js';
import type { UnitOfWork } from '../../src/unit-of-work.js';

const insert = (manager: EntityManager, id: string) => manager.insert(Counter, aCounter(id));

/** What holds for statements and callbacks outside and after units, on every database. */
export const strays = (open: OpenDatabase) =>
  describe('what is not part of a unit', () => {
    let database: TestDatabase;
    let sut: UnitOfWork;

    beforeEach(async () => {
      database = await open();
      sut = database.unitOfWork;
    });
    afterEach(() => database.close());

    describe('a statement', () => {
      it('is rejected with a manager that was kept after its unit', async () => {
        const kept = await sut.run((manager) => Promise.resolve([manager]));
        await expect(insert(kept[0]!, 'late')).rejects.toThrow(StrayStatementError);
        await expect(
          sut.run(async (manager) => {
            await insert(manager, 'a');
            throw new Error('no');
          }),
        ).rejects.toThrow('no');
        expect(await database.ids()).toEqual([]);
      });

      it('is rejected beside the unit that is running, even with its manager', async () => {
        const shared: EntityManager[] = [];
        const begun = deferred();
        const goOn = deferred();
        const unit = sut.run(async (manager) => {
          shared.push(manager);
          begun.resolve();
          await goOn.promise;
          await insert(manager, 'inside');
        });
        await begun.promise;
        await expect(insert(shared[0]!, 'beside')).rejects.toThrow(StrayStatementError);
        goOn.resolve();
        await unit;
        expect(await database.ids()).toEqual(['inside']);
      });

      it('that its unit did not wait for takes effect with it or not at all', async () => {
        const late: Promise<PromiseSettledResult<unknown>[]>[] = [];
        const outcome = sut.run((manager) => {
          late.push(Promise.allSettled([manager.query(`INSERT INTO counters VALUES ('stray', 0)`)]));
          return Promise.reject(new Error('no'));
        });
        const next = sut.run((manager) => insert(manager, 'next'));
        await expect(outcome).rejects.toThrow('no');
        await next;
        await Promise.all(late);
        expect(await database.ids()).toEqual(['next']);
      });
    });

    describe('afterCommit', () => {
      it('calls back once the unit is committed, in order', async () => {
        const seen: string[] = [];
        await sut.run(async (manager) => {
          sut.afterCommit(() => seen.push('first'));
          sut.afterCommit(() => seen.push('second'));
          await manager.insert(Counter, aCounter('a'));
          expect(seen).toEqual([]);
        });
        expect(seen).toEqual(['first', 'second']);
      });

      it('finds the rows committed', async () => {
        const read = await new Promise<Promise<string[]>[]>((resolve, reject) => {
          sut
            .run((manager) => {
              sut.afterCommit(() => resolve([database.ids()]));
              return manager.insert(Counter, aCounter('a'));
            })
            .catch(reject);
        });
        expect(await read[0]).toEqual(['a']);
      });

      it('never calls back after a rollback', async () => {
        const seen: string[] = [];
        const run = sut.run(() => {
          sut.afterCommit(() => seen.push('rolled back'));
          return Promise.reject(new Error('no'));
        });
        await expect(run).rejects.toThrow('no');
        await sut.run(() => Promise.resolve(sut.afterCommit(() => seen.push('committed'))));
        expect(seen).toEqual(['committed']);
      });

      it('holds for a unit inside a unit: with the outer commit, and not when it rolled back alone', async () => {
        const seen: string[] = [];
        await sut.run(async (manager) => {
          sut.afterCommit(() => seen.push('outer'));
          await sut.run(() => Promise.resolve(sut.afterCommit(() => seen.push('inner'))));
          const failed = sut.run(() => {
            sut.afterCommit(() => seen.push('failed'));
            return Promise.reject(new Error('no'));
          });
          await expect(failed).rejects.toThrow('no');
          await manager.count(Counter);
          expect(seen).toEqual([]);
        });
        expect(seen).toEqual(['outer', 'inner']);
      });

      it('is refused outside a unit', () => {
        expect(() => sut.afterCommit(() => undefined)).toThrow(StrayStatementError);
      });

      it('harms nobody when the callback throws', async () => {
        // It is logged, which nobody needs to see here.
        Logger.overrideLogger(false);
        const first = sut.run((manager) => {
          sut.afterCommit(() => {
            throw new Error('a listener broke');
          });
          return manager.insert(Counter, aCounter('a'));
        });
        const second = sut.run((manager) => manager.insert(Counter, aCounter('b')));
        await Promise.all([first, second]);
        await sut.run((manager) => manager.insert(Counter, aCounter('c')));
        expect(await database.ids()).toEqual(['a', 'b', 'c']);
      });
    });
  });
