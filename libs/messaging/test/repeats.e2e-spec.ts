import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { RepeatedEvent, UnitOfWork } from '#database';
import { Repeats } from '#messaging';
import { TestSystem } from '#testing';
import { aVerdict } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Script } from './script.js';

describe(Repeats.name, () => {
  let system: TestSystem;

  beforeAll(async () => {
    const env = { REANNOUNCE_AFTER: '20ms' };
    system = await TestSystem.start({ apps: [moderationApp(new Script())], env });
  });
  afterAll(() => system.stop());

  const get = <T>(what: new (...args: never[]) => T) => system.app('moderation').get<T>(what);
  const unitOfWork = () => system.app('moderation').get(UnitOfWork);
  const waiting = () => get(DataSource).manager.find(RepeatedEvent);
  const published = (commentId: string) =>
    system.bus.events('comment.moderated').filter(({ subject }) => subject === commentId);

  it('publishes an event three times more, as a new event each time, later each time, and then forgets it', async () => {
    const verdict = aVerdict();
    await unitOfWork().run((manager) => get(Repeats).publish(manager, 'comment.moderated', verdict));
    await system.waitFor(() => published(verdict.commentId).length === 3);
    // The last one is due after half a minute.
    const [last, ...others] = await waiting();
    expect(others).toEqual([]);
    expect(last).toMatchObject({ type: 'comment.moderated', times: 3 });
    await unitOfWork().run((manager) => manager.update(RepeatedEvent, last!.id, { repeatAt: '' }));
    await system.waitFor(async () => (await waiting()).length === 0);
    await system.waitFor(() => published(verdict.commentId).length === 4);
    const events = published(verdict.commentId);
    expect(new Set(events.map(({ id }) => id)).size).toBe(4);
    expect(events.map(({ data }) => data)).toEqual([verdict, verdict, verdict, verdict]);
    const [first, second, third] = events.map(({ time }) => Date.parse(time));
    expect(third! - second!).toBeGreaterThan(second! - first!);
  });

  it('publishes nothing of a unit that is rolled back', async () => {
    const verdict = aVerdict();
    const failing = unitOfWork().run(async (manager) => {
      await get(Repeats).publish(manager, 'comment.moderated', verdict);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await waiting()).toEqual([]);
    const marker = aVerdict();
    await unitOfWork().run((manager) => get(Repeats).publish(manager, 'comment.moderated', marker));
    await system.bus.waitFor('comment.moderated', ({ commentId }) => commentId === marker.commentId);
    expect(published(verdict.commentId)).toEqual([]);
  });
});
