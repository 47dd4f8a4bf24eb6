import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetterFilter, DeadLetterSummary } from '#contracts';
import { DeadLetters } from '#messaging';
import { TestVhost } from '#testing';
import { many } from '../event.factory.js';
import { aDeadLetter, anEvent, type Buried, Cemetery } from './cemetery.js';

describe('looking at dead letters', () => {
  let cemetery: Cemetery;

  beforeAll(async () => {
    cemetery = await Cemetery.of();
  });
  afterAll(() => cemetery.close());
  beforeEach(async () => {
    for (const service of ['comments', 'moderation', 'query'])
      await cemetery.system.vhost.purgeQueue(`${service}.dead`);
    for (const service of ['comments', 'moderation']) await cemetery.system.vhost.purgeQueue(service);
  });

  const groups = (filter?: DeadLetterFilter) => cemetery.open((deadLetters) => deadLetters.groups(filter));
  const all = (filter: DeadLetterFilter = {}) =>
    cemetery.open(async (deadLetters) => {
      const summaries: DeadLetterSummary[] = [];
      await deadLetters.each(filter, (letter) => summaries.push(letter.summary()));
      return summaries;
    });
  const find = (id: string) => cemetery.open((deadLetters) => deadLetters.find(id));
  const raw = (content: string | Buffer, options: Buried['options'] = {}): Buried => ({
    content: Buffer.from(content),
    options,
  });

  it('counts those that are alike, with the oldest, the newest and its error', async () => {
    const at = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();
    await cemetery.bury(
      'moderation',
      aDeadLetter({ 'x-parley-failed-at': at(2), 'x-parley-error': 'Error: first' }),
      aDeadLetter({ 'x-parley-failed-at': at(3), 'x-parley-error': 'Error: last' }),
      aDeadLetter({ 'x-parley-failed-at': at(1), 'x-parley-error': 'Error: back from a retry' }),
      aDeadLetter({ 'x-parley-reason': 'permanent', 'x-parley-failed-at': at(4) }),
    );
    await cemetery.bury('query', aDeadLetter({ 'x-parley-failed-at': at(5) }));
    const alike = { service: 'moderation', type: 'comment.created' };
    expect(await groups()).toEqual([
      { ...alike, reason: 'transient', count: 3, oldest: at(1), newest: at(3), error: 'Error: last' },
      { ...alike, reason: 'permanent', count: 1, oldest: at(4), newest: at(4), error: 'Error: not now' },
      {
        ...alike,
        service: 'query',
        reason: 'transient',
        count: 1,
        oldest: at(5),
        newest: at(5),
        error: 'Error: not now',
      },
    ]);
  });

  it('counts none where there is none', async () => {
    expect(await groups()).toEqual([]);
  });

  it('leaves every message where it is, in order, however many there are', async () => {
    const letters = many(3_456, () => aDeadLetter());
    await cemetery.bury('moderation', ...letters);
    expect(await groups()).toMatchObject([{ count: 3_456 }]);
    expect(await groups()).toMatchObject([{ count: 3_456 }]);
    expect(await cemetery.count('moderation.dead')).toBe(3_456);
    const ids = (await cemetery.take('moderation.dead')).map(({ properties }) => String(properties.messageId));
    expect(ids).toEqual(letters.map(({ options }) => options.messageId));
  });

  it('leaves everything there when it fails on the way', async () => {
    await cemetery.bury('moderation', ...many(250, () => aDeadLetter()));
    let seen = 0;
    const failing = cemetery.open((deadLetters) =>
      deadLetters.each({}, () => {
        if (++seen === 150) throw new Error('the operator has enough');
      }),
    );
    await expect(failing).rejects.toThrow('the operator has enough');
    await cemetery.waitForCount('moderation.dead', 250);
  });

  it('shows the same to two who look at once', async () => {
    await cemetery.bury('moderation', ...many(300, () => aDeadLetter()));
    const both = await Promise.all([groups(), groups()]);
    expect(both).toMatchObject([[{ count: 300 }], [{ count: 300 }]]);
  });

  it('says who is in the way when somebody else does not finish', async () => {
    await cemetery.bury('moderation', aDeadLetter());
    await cemetery.lock('moderation', async () => {
      const looking = cemetery.open((second) => second.groups(), 0);
      await expect(looking).rejects.toThrow('somebody else is at work in moderation.dead');
    });
    expect(await groups()).toMatchObject([{ count: 1 }]);
  });

  it.each([
    [{ service: 'moderation' }, ['a', 'b', 'c']],
    [{ service: 'query' }, ['d']],
    [{ type: 'comment.edited' }, ['c']],
    [{ reason: 'permanent' }, ['b', 'd']],
    [{ id: 'a' }, ['a']],
    [{ service: 'moderation', reason: 'permanent' }, ['b']],
    [{ service: 'comments' }, []],
  ] as [DeadLetterFilter, string[]][])('shows only those that fit to %j', async (filter, expected) => {
    const named = (messageId: string, headers: Record<string, unknown> = {}): Buried => {
      const { content, options } = aDeadLetter(headers);
      return { content, options: { ...options, messageId } };
    };
    await cemetery.bury(
      'moderation',
      named('a'),
      named('b', { 'x-parley-reason': 'permanent' }),
      named('c', { 'x-parley-exchange': 'comment.edited' }),
    );
    await cemetery.bury('query', named('d', { 'x-parley-reason': 'permanent' }));
    expect((await all(filter)).map(({ messageId }) => messageId)).toEqual(expected);
  });

  it('tells of one that RabbitMQ gave up, which has none of our headers', async () => {
    const event = anEvent();
    await cemetery.system.bus.publishEvent(event);
    await cemetery.giveUp('moderation');
    const [letter] = await all({ service: 'moderation' });
    expect(letter).toMatchObject({
      messageId: event.id,
      type: 'comment.created',
      reason: 'delivery-limit',
      error: expect.stringContaining('gave it up'),
      attempts: null,
      failedAt: expect.stringMatching(/^20\d\d-.*Z$/),
    });
  });

  it('tells of one that was tried before RabbitMQ gave it up', async () => {
    const { content, options } = aDeadLetter({ 'x-parley-attempts': 1 });
    cemetery.channel.sendToQueue('moderation', content, options);
    await cemetery.giveUp('moderation');
    expect(await all()).toMatchObject([{ type: 'comment.created', reason: 'delivery-limit' }]);
  });

  it.each([
    ['no bytes', '', 'unknown', 'text'],
    ['no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'unknown', 'hex'],
    ['no JSON', '{"type":"comment.created",', 'unknown', 'text'],
    ['JSON that is no event', '[1,2]', 'unknown', 'json'],
    ['an event', JSON.stringify(anEvent()), 'comment.created', 'json'],
    ['a null', 'null', 'unknown', 'json'],
    ['JSON of a megabyte', JSON.stringify({ data: 'x'.repeat(1_048_576) }), 'unknown', 'json'],
    ['JSON nested too deeply', '['.repeat(200_000) + ']'.repeat(200_000), 'unknown', 'text'],
  ])('takes %s without any header or id', async (_, body, type, format) => {
    await cemetery.bury('moderation', raw(body));
    const [letter] = await all();
    expect(letter).toMatchObject({ messageId: null, type, reason: 'unknown', attempts: null, failedAt: null });
    expect((await all())[0]).toEqual(letter);
    const [detail] = await find(letter!.id);
    expect(detail).toMatchObject({ id: letter!.id, body: { format, truncated: false } });
  });

  it('takes headers of any kind', async () => {
    await cemetery.bury(
      'moderation',
      raw('{}', {
        headers: {
          'x-parley-attempts': 'many',
          'x-parley-error': { no: 'text' },
          'x-parley-failed-at': 'yesterday',
          'x-parley-reason': 'because',
          'x-parley-exchange': 'nowhere',
          'x-death': ['no table'],
          'x-parley-log-offset': 0.5,
        },
      }),
    );
    expect(await all()).toMatchObject([{ type: 'unknown', reason: 'unknown', attempts: null, failedAt: null }]);
  });

  it('shows the body as people read it, bytes as they are, and no more than fits', async () => {
    const event = anEvent();
    await cemetery.bury('moderation', aDeadLetter({}, event), raw(Buffer.from([0xff, 0x00]), { messageId: 'bytes' }));
    await cemetery.bury('query', raw('x'.repeat(3 * 1_048_576), { messageId: 'long' }));
    expect((await find(event.id))[0]!.body.content).toBe(JSON.stringify(event, undefined, 2));
    expect((await find('bytes'))[0]!.body).toEqual({ format: 'hex', content: 'ff00', truncated: false });
    const [long] = await find('long');
    expect(long).toMatchObject({ size: 3 * 1_048_576, body: { format: 'text', truncated: true } });
    expect(long!.body.content).toHaveLength(2 * 1_048_576);
  });

  it('gives those that share a messageId ids of their own', async () => {
    const event = anEvent();
    await cemetery.bury('moderation', aDeadLetter({}, event), aDeadLetter({}, event));
    await cemetery.bury('query', aDeadLetter({ 'x-parley-log-offset': 7 }, event));
    const found = await find(event.id);
    expect(found).toMatchObject([
      { service: 'moderation' },
      { service: 'moderation' },
      { service: 'query', logOffset: 7 },
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(3);
    for (const { id } of found) expect(await find(id)).toMatchObject([{ id, messageId: event.id }]);
  });

  it('finds none that is not there', async () => {
    await expect(find('nothing')).rejects.toThrow('no dead letter has the id nothing');
  });

  it('says so on a RabbitMQ that is not ours, and leaves nothing there', async () => {
    const vhost = await TestVhost.create();
    try {
      const looking = DeadLetters.use({ urls: [vhost.url], name: 'lost', patience: 0 }, (lost) => lost.groups());
      await expect(looking).rejects.toThrow('RabbitMQ has no comments.dead, moderation.dead, query.dead');
      expect(await vhost.queues()).toEqual([]);
    } finally {
      await vhost.remove();
    }
  });
});
