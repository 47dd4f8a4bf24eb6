import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, declareTopology, EVENT_LOG, EventLogArchive, OtherLogError } from '#messaging';
import { TestVhost, waitFor } from '#testing';
import { Broker } from './broker.js';
import { aPost, many } from './event.factory.js';

const events = many(1_200, () => createEvent('posts', 'post.created', aPost()));

async function* first(count: number) {
  for (const event of events.slice(0, count)) yield await Promise.resolve(event);
}

describe(EventLogArchive.name, () => {
  let vhost: TestVhost;
  let broker: Broker;
  let sut: EventLogArchive;

  beforeAll(async () => {
    vhost = await TestVhost.create();
    broker = new Broker(vhost.url);
  });
  afterAll(() => vhost.remove());
  beforeEach(async () => {
    await broker.act(async (channel) => {
      await channel.deleteQueue(EVENT_LOG);
      await declareTopology(channel, []);
    });
    sut = await EventLogArchive.open([vhost.url]);
  });
  afterEach(() => sut.close());

  const held = async () => {
    const ids: string[] = [];
    for await (const { id } of sut.events()) ids.push(id);
    return ids;
  };
  const ids = (count: number) => events.slice(0, count).map(({ id }) => id);

  it('reads an empty log to its end', async () => {
    expect(await held()).toEqual([]);
  });

  it('reads back what was published, in order, and leaves out what is no event', async () => {
    await broker.act((channel) => {
      for (const event of events.slice(0, 3)) channel.publish(event.type, '', Buffer.from(JSON.stringify(event)));
      channel.publish('post.created', '', Buffer.from('this is no event'));
      // Answered after what was published before: closing right away would overtake it.
      return channel.checkExchange('post.created');
    });
    await waitFor(async () => (await held()).length >= 3, { what: 'the events to be in the log' });
    expect(await held()).toEqual(ids(3));
  });

  it('fills an empty log, and no queue', async () => {
    const { ready } = await broker.stateOf('comments');
    expect(await sut.import(first(1_200))).toBe(1_200);
    expect(await held()).toEqual(ids(1_200));
    expect(await broker.stateOf('comments')).toMatchObject({ ready });
  });

  it('completes an import that was interrupted', async () => {
    await sut.import(first(700));
    expect(await sut.import(first(1_200))).toBe(500);
    expect(await sut.import(first(1_200))).toBe(0);
    expect(await held()).toEqual(ids(1_200));
  });

  it('changes nothing in a log that holds something else', async () => {
    await sut.import(first(3));
    const other = createEvent('posts', 'post.created', aPost());
    await expect(
      sut.import(
        (async function* () {
          yield await Promise.resolve(other);
        })(),
      ),
    ).rejects.toThrow(OtherLogError);
    await expect(sut.import(first(2))).rejects.toThrow(OtherLogError);
    expect(await held()).toEqual(ids(3));
  });

  it('takes the next node when one does not answer', async () => {
    const archive = await EventLogArchive.open(['amqp://guest:guest@127.0.0.1:1', vhost.url]);
    await archive.close();
  });
});
