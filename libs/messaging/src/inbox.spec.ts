import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CreateInbox1790000000002, createUnitOfWork, InboxMessage, openWriter, type UnitOfWork } from '#database';
import type { Caretaker } from './caretaker.js';
import { Inbox } from './inbox.js';

const DAY = 24 * 3_600_000;

describe(Inbox.name, () => {
  let folder: string;
  let writer: DataSource;
  let unitOfWork: UnitOfWork;
  let sut: Inbox;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-inbox-'));
    const schema = { entities: [InboxMessage], migrations: [CreateInbox1790000000002] };
    writer = await openWriter(`sqlite:${join(folder, 'test.db')}`, schema);
    unitOfWork = createUnitOfWork(writer);
    sut = new Inbox(unitOfWork, { isChosen: true } as Caretaker);
  });
  afterEach(async () => {
    await writer.destroy();
    await rm(folder, { recursive: true });
  });

  const remembered = () =>
    unitOfWork.run(async (manager) => (await manager.find(InboxMessage)).map(({ eventId }) => eventId).toSorted());

  describe('handleOnce', () => {
    it('runs the handler for the first delivery only, and says which it was', async () => {
      let runs = 0;
      const deliver = () => sut.handleOnce('a', () => Promise.resolve(runs++));
      expect(await deliver()).toBe(true);
      expect(await deliver()).toBe(false);
      expect(runs).toBe(1);
    });

    it('runs it once when the same event comes several times at once', async () => {
      let runs = 0;
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, () => sut.handleOnce('a', () => Promise.resolve(runs++))),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(runs).toBe(1);
    });

    it('does not remember an event whose handler failed, and lets its error through', async () => {
      const error = new Error('no');
      await expect(sut.handleOnce('a', () => Promise.reject(error))).rejects.toBe(error);
      expect(await remembered()).toEqual([]);
      expect(await sut.handleOnce('a', () => Promise.resolve())).toBe(true);
    });
  });

  describe('prune', () => {
    it('forgets what was handled two weeks ago, and nothing younger', async () => {
      const ages = { young: 13 * DAY, fresh: 0 };
      // More than are forgotten at once.
      const older = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`old ${index}`, 15 * DAY]));
      await unitOfWork.run((manager) =>
        manager.insert(
          InboxMessage,
          Object.entries({ ...ages, ...older }).map(([eventId, age]) => ({
            eventId,
            handledAt: new Date(Date.now() - age).toISOString(),
          })),
        ),
      );
      await sut.prune();
      expect(await remembered()).toEqual(['fresh', 'young']);
    });
  });
});
