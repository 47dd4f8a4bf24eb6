import { setImmediate as turn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCounter, Counter, TemporaryDatabase } from '../test/temporary-database.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';
import type { UnitOfWork } from './unit-of-work.js';

const insert = (manager: EntityManager, id: string) => manager.insert(Counter, aCounter(id));
const raise = (manager: EntityManager) => insert(manager, 'bomb');
const conflict = (manager: EntityManager) =>
  manager.query(`INSERT OR ROLLBACK INTO counters VALUES ('same', 0), ('same', 0)`);
/** A deferred constraint is checked by COMMIT, which then fails. */
const breakCommit = (manager: EntityManager) => manager.query(`INSERT INTO children VALUES ('nobody')`);

describe(`${SqliteUnitOfWork.name}: when the whole transaction is lost`, () => {
  let database: TemporaryDatabase;
  let sut: UnitOfWork;

  beforeEach(async () => {
    database = await TemporaryDatabase.open();
    sut = database.unitOfWork;
    await sut.run(async (manager) => {
      await manager.query(`CREATE TRIGGER bomb BEFORE INSERT ON counters WHEN NEW.id = 'bomb'
        BEGIN SELECT RAISE(ROLLBACK, 'the bomb went off'); END`);
      await manager.query(`CREATE TABLE children (parent text REFERENCES counters (id) DEFERRABLE INITIALLY DEFERRED)`);
    });
  });
  afterEach(() => database.close());

  /** Runs `break_` between two good units of one group. */
  const runGroup = (break_: (manager: EntityManager) => Promise<unknown>) =>
    Promise.allSettled([
      sut.run(() => turn()),
      sut.run((manager) => insert(manager, 'before')),
      sut.run(break_),
      sut.run((manager) => insert(manager, 'behind')),
    ]);

  it.each([
    ['a trigger raised ROLLBACK', raise, 'the bomb went off'],
    ['a conflict rolled back', conflict, 'UNIQUE constraint'],
    ['COMMIT failed', breakCommit, 'FOREIGN KEY constraint'],
  ])('rejects every unit of the group and goes on with the next: %s', async (_, break_, message) => {
    const called: string[] = [];
    const [, ...outcomes] = await runGroup((manager) => {
      sut.afterCommit(() => called.push('after a commit that never was'));
      return break_(manager);
    });
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(message) } });
    }
    expect(await database.ids()).toEqual([]);
    await sut.run((manager) => manager.save(Counter, aCounter('next')));
    expect(await database.ids()).toEqual(['next']);
    expect(called).toEqual([]);
  });

  it('lets nothing be written outside a transaction by work that catches the error', async () => {
    const later: PromiseSettledResult<unknown>[] = [];
    const [, ...outcomes] = await runGroup(async (manager) => {
      await insert(manager, 'bomb').catch(() => undefined);
      later.push(...(await Promise.allSettled([insert(manager, 'afterwards')])));
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(later.map(({ status }) => status)).toEqual(['rejected']);
    expect(await database.ids()).toEqual([]);
  });

  it('lets nothing be written outside a transaction by work that wrote at the same time', async () => {
    await runGroup((manager) =>
      Promise.allSettled([insert(manager, 'bomb'), insert(manager, 'beside'), insert(manager, 'third')]),
    );
    expect(await database.ids()).toEqual([]);
  });

  it('lets nothing be written outside a transaction by the unit around the one that broke it', async () => {
    const [, ...outcomes] = await runGroup(async (manager) => {
      await sut.run(raise).catch(() => undefined);
      await insert(manager, 'afterwards').catch(() => undefined);
      await sut.run((inner) => insert(inner, 'another unit inside')).catch(() => undefined);
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await database.ids()).toEqual([]);
  });

  it('takes only the group along in which work used a transaction of its own', async () => {
    const outcomes = await runGroup((manager) => manager.transaction((inner) => insert(inner, 'own')));
    expect(outcomes[2]).toMatchObject({ status: 'rejected' });
    expect(await database.ids()).not.toContain('own');
    await sut.run((manager) => manager.save(Counter, aCounter('next')));
    expect(await database.ids()).toContain('next');
  });
});
