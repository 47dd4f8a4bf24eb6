import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { declareTopology, EVENT_LOG, EventLogServer } from '#messaging';
import { TestSystem } from '#testing';
import { Broker } from './broker.js';
import { aPost, many } from './event.factory.js';
import { queryApp } from './query.app.js';
import { Effect, Script } from './script.js';

type Health = { status: string; checks: Record<string, { up: boolean; detail: string }> };

describe(`${EventLogServer.name}: with another log than the one its database was built from`, () => {
  let system: TestSystem;
  let script: Script;

  beforeEach(async () => {
    script = new Script();
    system = await TestSystem.start({ apps: [queryApp(script)] });
  });
  afterEach(() => system.stop());

  const effects = () => system.app('query').get(DataSource).manager.count(Effect);
  const publish = async (count: number) => {
    for (const post of many(count, () => aPost())) await system.bus.publish('post.created', post);
  };
  const publishAndApply = async (count: number) => {
    const before = await effects();
    await publish(count);
    await system.waitFor(async () => (await effects()) === before + count, { what: 'the events to be applied' });
  };
  const saysSo = (detail: RegExp) =>
    system.waitFor(async () => {
      const { status, body } = await system.http('query').get<Health>('/health/ready');
      expect(body).toMatchObject({
        status: 'degraded',
        checks: { eventLog: { up: false, detail: expect.stringMatching(detail) } },
      });
      // What it has can still be read.
      expect(status).toBe(200);
      return true;
    });
  const logIsBack = () =>
    system.waitFor(async () => (await system.vhost.bindings()).some(({ destination }) => destination === EVENT_LOG));

  it('stops, and says so, when the new log is shorter', async () => {
    await publishAndApply(5);
    await system.vhost.deleteQueue(EVENT_LOG);
    await saysSo(/the event log ends at offset \d+, before \d+.*delete it to build it anew/);
    await publish(2);
    await saysSo(/the event log ends at offset \d+, before \d+/);
    expect(await effects()).toBe(5);
  });

  it('stops, and says so, when the log was replaced while it was away', async () => {
    await publishAndApply(3);
    await system.stopApp('query');
    await system.vhost.deleteQueue(EVENT_LOG);
    await new Broker(system.vhost.url).act((channel) => declareTopology(channel, []));
    await publish(10);
    // Another start changes nothing about it.
    for (let start = 1; start <= 2; start++) {
      await system.startApp('query');
      await saysSo(/the event at offset \d+ is another than was applied.*delete it to build it anew/);
      expect(await effects()).toBe(3);
      await system.stopApp('query');
    }
  });

  it('reads on in the new log when nothing was applied yet', async () => {
    await system.vhost.deleteQueue(EVENT_LOG);
    await logIsBack();
    await publishAndApply(3);
    await system.ready('query');
  });
});
