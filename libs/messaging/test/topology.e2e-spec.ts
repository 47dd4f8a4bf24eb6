import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventTable, eventTypes, SERVICE_ANNOUNCED } from '#contracts';
import { declareTopology } from '#messaging';
import { type QueueInfo, TestVhost } from '#testing';
import { Broker } from './broker.js';

describe('topology', () => {
  let vhost: TestVhost;
  let broker: Broker;
  let queues: Map<string, QueueInfo>;

  beforeAll(async () => {
    vhost = await TestVhost.create();
    broker = new Broker(vhost.url);
    await broker.act((channel) => declareTopology(channel, [500, 120_000]));
    queues = new Map((await vhost.queues()).map((queue) => [queue.name, queue]));
  });
  afterAll(() => vhost.remove());

  it('has one durable fanout exchange for each event and one for announcements, and no other', async () => {
    const ours = (await vhost.exchanges()).filter(({ name }) => name !== '' && !name.startsWith('amq.'));
    expect(ours.map(({ name }) => name).toSorted()).toEqual([...eventTypes, SERVICE_ANNOUNCED].toSorted());
    for (const exchange of ours) expect(exchange).toMatchObject({ type: 'fanout', durable: true });
  });

  it('has a queue, dead letters and retry queues for each service that reacts, and dead letters for query', () => {
    const expected = ['comments', 'moderation'].flatMap((service) => [
      service,
      `${service}.dead`,
      `${service}.retry.500ms`,
      `${service}.retry.2m`,
    ]);
    expect([...queues.keys()].toSorted()).toEqual([...expected, 'event-log', 'query.dead'].toSorted());
  });

  it('keeps the event log as a stream', () => {
    expect(queues.get('event-log')).toMatchObject({ type: 'stream', arguments: { 'x-queue-type': 'stream' } });
  });

  it.each(['comments', 'moderation'])(
    'replicates the queue of %s, and hands over what it cannot deliver',
    (service) => {
      expect(queues.get(service)).toMatchObject({
        type: 'quorum',
        arguments: {
          'x-queue-type': 'quorum',
          'x-delivery-limit': 100,
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': `${service}.dead`,
          'x-dead-letter-strategy': 'at-least-once',
          'x-overflow': 'reject-publish',
        },
      });
    },
  );

  it.each(['comments', 'moderation'])('lets what waits for another attempt go back to %s', (service) => {
    for (const [name, ttl] of [
      ['500ms', 500],
      ['2m', 120_000],
    ]) {
      expect(queues.get(`${service}.retry.${name}`)).toMatchObject({
        type: 'quorum',
        arguments: {
          'x-message-ttl': ttl,
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': service,
          'x-dead-letter-strategy': 'at-least-once',
          'x-overflow': 'reject-publish',
        },
      });
    }
  });

  it.each(['comments.dead', 'moderation.dead', 'query.dead'])(
    'loses nothing out of %s, however often it is read',
    (name) => {
      const { type, arguments: args } = queues.get(name)!;
      expect(type).toBe('quorum');
      expect(args['x-delivery-limit']).toBeGreaterThan(1_000_000);
      expect(args).not.toHaveProperty('x-message-ttl');
      expect(args).not.toHaveProperty('x-dead-letter-exchange');
    },
  );

  it('binds each event to those who react to it and to the log, and to nobody else', async () => {
    const expected = eventTypes.flatMap((type) =>
      [...eventTable[type].reactors, 'event-log'].map((queue) => `${type} -> ${queue}`),
    );
    const bindings = (await vhost.bindings()).map(({ source, destination }) => `${source} -> ${destination}`);
    expect(bindings.toSorted()).toEqual(expected.toSorted());
  });

  it('can be declared again and again', async () => {
    await broker.act((channel) => declareTopology(channel, [500, 120_000]));
    expect(await vhost.queues()).toHaveLength(queues.size);
  });

  it('says which argument differs from that of a queue that exists', async () => {
    await vhost.deleteQueue('moderation.dead');
    await broker.act((channel) => channel.assertQueue('moderation.dead', { durable: true }));
    const declared = broker.act((channel) => declareTopology(channel, [500, 120_000]));
    await expect(declared).rejects.toThrow(/inequivalent arg .* for queue 'moderation\.dead'/);
  });
});
