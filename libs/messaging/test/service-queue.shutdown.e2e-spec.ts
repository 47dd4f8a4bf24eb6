import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { CloudEvent } from '#contracts';
import { ServiceQueueServer } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aComment } from './event.factory.js';
import { ModerationEvents, moderationApp } from './moderation.app.js';
import { Effect, Script } from './script.js';

/** A promise that the test settles when it wants to. */
function deferred(): { promise: Promise<void>; resolve: () => void } {
  const settle: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => settle.push(resolve));
  return { promise, resolve: () => settle[0]!() };
}

describe(`${ServiceQueueServer.name}: stopping and starting`, () => {
  const script = new Script();
  let system: TestSystem;
  let broker: Broker;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(script)] });
    broker = new Broker(system.vhost.url);
  });
  afterAll(() => system.stop());
  beforeEach(() => {
    script.onEvent = () => undefined;
  });

  const effects = (subject: string) => system.app('moderation').get(DataSource).manager.countBy(Effect, { subject });
  const publish = async () => (await system.bus.publish('comment.created', aComment())).data.id;
  const inQueue = async () => {
    const messages = await system.vhost.peek('moderation');
    return messages.map(({ payload }) => (JSON.parse(payload) as CloudEvent<'comment.created'>).data.id);
  };

  /** Begins to stop the service, and goes on when it takes no more events: when those that are published stay. */
  const beginToStop = async () => {
    const meanwhile: string[] = [];
    const stopped = system.stopApp('moderation');
    await system.waitFor(async () => {
      meanwhile.push(await publish());
      return (await broker.stateOf('moderation')).ready > 0;
    });
    return { stopped, meanwhile };
  };

  /** Makes the handlers of these wait until they are told to go on. */
  const holdUp = (goOnWith: () => void = () => undefined) => {
    const held = deferred();
    const begun = system.bus
      .publish('comment.created', aComment())
      .then(({ data: { id } }) => system.waitFor(() => script.callsFor(id)[0]?.subject));
    script.onEvent = async ({ attempt, subject }) => {
      if (attempt > 1 || subject !== (await begun)) return;
      await held.promise;
      goOnWith();
    };
    return { begun, goOn: held.resolve };
  };

  it('finishes what is in flight and leaves in the queue what was not begun', async () => {
    const { begun, goOn } = holdUp();
    const inFlight = [await begun, await publish(), await publish()];
    // The first is being handled; the others came with it and wait for their turn.
    await system.waitFor(async () => (await broker.stateOf('moderation')).ready === 0);
    const { stopped, meanwhile } = await beginToStop();
    const late = [await publish(), await publish()];
    goOn();
    await stopped;

    const left = await inQueue();
    expect(left.slice(-2)).toEqual(late);
    expect(left.filter((id) => inFlight.includes(id))).toEqual([]);
    expect(late.flatMap((id) => script.callsFor(id))).toEqual([]);

    await system.startApp('moderation');
    await system.ready('moderation');
    for (const id of [...inFlight, ...meanwhile, ...late]) {
      await system.waitFor(() => effects(id));
      expect(await effects(id)).toBe(1);
      expect(script.callsFor(id)).toHaveLength(1);
    }
  });

  it('finishes an event that fails meanwhile: it waits for its next attempt, once', async () => {
    const { begun, goOn } = holdUp(() => {
      throw new Error('at the last moment');
    });
    const failing = await begun;
    const { stopped } = await beginToStop();
    goOn();
    await stopped;
    await system.waitFor(async () => (await inQueue()).includes(failing), { what: 'the retry' });

    await system.startApp('moderation');
    await system.ready('moderation');
    await system.waitFor(() => effects(failing));
    expect(await effects(failing)).toBe(1);
    expect(script.callsFor(failing)).toHaveLength(2);
  });

  it('gives nothing back that it has handled, however many come meanwhile', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const stopped = new AbortController();
      const publishing = Promise.all(
        Array.from({ length: 20 }, async () => {
          while (!stopped.signal.aborted) await publish();
        }),
      );
      const before = script.calls.length;
      await system.waitFor(() => script.calls.length > before + 50, { what: 'events to be handled' });
      await system.stopApp('moderation');
      stopped.abort();
      await publishing;
      // RabbitMQ counts as delivered, too, what it was about to send when the consumer went: that has reached nobody.
      const again = await broker.redelivered('moderation');
      expect(again.filter((id) => script.calls.some(({ eventId }) => eventId === id))).toEqual([]);
      await system.startApp('moderation');
      await system.waitFor(async () => (await broker.stateOf('moderation')).ready === 0, {
        what: 'the queue to be empty',
        timeout: 60_000,
      });
    }
  }, 180_000);

  it('refuses to start with handlers that are not those of the event table, and says which', async () => {
    @Controller()
    class TooMany extends ModerationEvents {
      @EventPattern(['post.created'])
      postCreated(): void {}
    }
    @Controller()
    class None {}
    const reacts = 'moderation reacts to comment.created, comment.deleted, comment.edited, post.deleted';
    await expect(TestSystem.start({ apps: [moderationApp(script, { events: TooMany })] })).rejects.toThrow(
      `${reacts}; it handles comment.created, comment.deleted, comment.edited, post.created, post.deleted`,
    );
    await expect(TestSystem.start({ apps: [moderationApp(script, { events: None })] })).rejects.toThrow(reacts);
  });
});
