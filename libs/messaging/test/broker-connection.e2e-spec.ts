import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ConfirmChannel } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BrokerConnection, EVENT_LOG } from '#messaging';
import { TestVhost, waitFor } from '#testing';
import { Broker } from './broker.js';

describe(BrokerConnection.name, () => {
  const warnings: string[] = [];
  let vhost: TestVhost;
  let broker: Broker;
  let sut: BrokerConnection;

  beforeAll(async () => {
    Logger.overrideLogger({
      log: () => undefined,
      error: () => undefined,
      warn: (text: string) => warnings.push(text),
    });
    vhost = await TestVhost.create();
    broker = new Broker(vhost.url);
  });
  afterAll(() => vhost.remove());
  afterEach(async () => {
    await sut.close();
    warnings.length = 0;
  });

  /** Begins to connect; `onChannel` is called with the number of the channel, counted from 1. */
  const connect = (onChannel: (channel: ConfirmChannel, count: number) => unknown = () => undefined) => {
    let count = 0;
    sut = new BrokerConnection({
      name: `test ${randomUUID()}`,
      urls: [vhost.url],
      retryDelays: [50],
      onChannel: async (channel) => void (await onChannel(channel, ++count)),
    });
    sut.connect();
  };
  const isUp = () => waitFor(() => sut.status.up && sut.current, { what: 'the connection' });
  const publish = (channel: ConfirmChannel, exchange: string, key = '') =>
    sut.publish(channel, exchange, key, Buffer.from('{}'), { messageId: randomUUID() });

  describe('publish', () => {
    it('resolves when a queue has the message', async () => {
      connect();
      await publish(await isUp(), '', 'moderation.dead');
      expect((await broker.stateOf('moderation.dead')).ready).toBe(1);
    });

    it('rejects when no queue took it: the confirm alone proves nothing', async () => {
      connect();
      const channel = await isUp();
      await expect(publish(channel, '', 'nowhere')).rejects.toThrow('no queue took the message');
      await publish(channel, '', 'moderation.dead');
    });

    it('rejects what is not confirmed when the channel closes, and opens another', async () => {
      connect();
      const channel = await isUp();
      const outcomes = await Promise.allSettled([
        publish(channel, 'no such exchange'),
        publish(channel, 'no such exchange'),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      const next = await isUp();
      expect(next).not.toBe(channel);
      await publish(next, '', 'moderation.dead');
      await expect(publish(channel, '', 'moderation.dead')).rejects.toThrow(/closed/i);
    });
  });

  describe('connect', () => {
    it('declares the topology on each fresh channel, before anything else happens on it', async () => {
      const declared: string[] = [];
      connect(async (channel) => declared.push((await channel.checkQueue(EVENT_LOG)).queue));
      await isUp();
      await vhost.deleteQueue(EVENT_LOG);
      sut.reopen('somebody deleted a queue');
      expect(sut.status).toEqual({ up: false, detail: 'somebody deleted a queue' });
      await isUp();
      expect(declared).toEqual([EVENT_LOG, EVENT_LOG]);
    });

    it('tries again for as long as the channel cannot be set up, and logs each problem once in a row', async () => {
      let attempts = 0;
      connect((channel, count) => {
        attempts = count;
        return count <= 3 && channel.checkQueue('not-there-yet');
      });
      await isUp();
      expect(attempts).toBe(4);
      expect(warnings.filter((text) => text.includes('not-there-yet'))).toHaveLength(1);
    });

    it('is patient with a node that looks in vain for one that is gone: seen to take 16 seconds', async () => {
      let channels = 0;
      connect((_, count) => {
        channels = count;
        return delay(16_000);
      });
      await waitFor(() => sut.current, { what: 'the connection', timeout: 40_000 });
      expect(channels).toBe(1);
    });

    it('says what it waits for when nobody listens at the address', async () => {
      sut = new BrokerConnection({
        name: 'test',
        urls: ['amqp://127.0.0.1:1'],
        retryDelays: [],
        onChannel: () => Promise.resolve(),
      });
      expect(sut.status).toEqual({ up: false, detail: 'not connected yet' });
      sut.connect();
      await waitFor(() => sut.status.detail.includes('ECONNREFUSED'));
      expect(sut.status.up).toBe(false);
    });
  });

  describe('reopen', () => {
    it('replaces a channel that is just being set up, and leaves none behind', async () => {
      let last: ConfirmChannel | undefined;
      connect((channel, count) => {
        last = channel;
        if (count === 1) sut.reopen('the consumer was cancelled while it was set up');
      });
      await waitFor(() => last && sut.current === last && sut.status.up);
      await waitFor(async () => (await broker.channels()) === 1, { what: 'one channel to be left' });
      expect(sut.current).toBe(last);
    });
  });

  describe('close', () => {
    it('ends the connection for good', async () => {
      connect();
      await isUp();
      await waitFor(async () => (await broker.channels()) === 1);
      await sut.close();
      expect(sut.current).toBeUndefined();
      await waitFor(async () => (await broker.channels()) === 0);
    });
  });
});
