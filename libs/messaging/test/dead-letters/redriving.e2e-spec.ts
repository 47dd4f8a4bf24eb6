import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetterFilter, RedriveResult } from '#contracts';
import { TestBus } from '#testing';
import { many } from '../event.factory.js';
import { aDeadLetter, anEvent, Cemetery } from './cemetery.js';

/** No service runs: what was redriven stands in its queue. */
describe('redriving dead letters', () => {
  let cemetery: Cemetery;

  beforeAll(async () => {
    cemetery = await Cemetery.of();
  });
  afterAll(() => cemetery.close());
  beforeEach(async () => {
    for (const queue of ['comments', 'moderation', 'comments.dead', 'moderation.dead', 'query.dead']) {
      await cemetery.system.vhost.purgeQueue(queue);
    }
  });

  const outcomes = (results: RedriveResult[]) => results.map(({ outcome }) => outcome);
  const idsIn = async (queue: string) =>
    (await cemetery.take(queue)).map(({ properties }) => String(properties.messageId));
  const idOf = ({ options }: { options: { messageId?: string | undefined } }) => options.messageId!;

  it('sends them to the queue of the service that failed, and to no other', async () => {
    const event = anEvent();
    const heard = cemetery.system.bus.events('comment.created').length;
    await cemetery.bury('moderation', aDeadLetter({ CC: ['comments'], BCC: ['query.dead'] }, event));
    // These headers have worked once already.
    for (const queue of ['comments', 'query.dead']) await cemetery.system.vhost.purgeQueue(queue);
    expect(await cemetery.redrive({ service: 'moderation' })).toEqual([
      { id: expect.any(String), service: 'moderation', messageId: event.id, type: event.type, outcome: 'redriven' },
    ]);
    const [message, ...others] = await cemetery.take('moderation');
    expect(others).toEqual([]);
    expect(JSON.parse(message!.content.toString())).toEqual(event);
    expect(message!.properties.messageId).toBe(event.id);
    for (const queue of ['moderation.dead', 'comments', 'query.dead']) expect(await cemetery.count(queue)).toBe(0);
    expect(cemetery.system.bus.events('comment.created')).toHaveLength(heard);
  });

  it('takes the story of the failure off, and counts the redrives', async () => {
    await cemetery.bury('moderation', aDeadLetter({ 'x-parley-redrives': 1, tenant: 'a', 'x-stream-offset': 5 }));
    await cemetery.redrive({ service: 'moderation' });
    const [message] = await cemetery.take('moderation');
    expect(message!.properties.headers).toEqual({
      tenant: 'a',
      'x-parley-exchange': 'comment.created',
      'x-parley-redrives': 2,
    });
  });

  it('sends one that RabbitMQ gave up with a clean slate', async () => {
    const event = anEvent();
    await cemetery.system.bus.publishEvent(event);
    await cemetery.giveUp('moderation');
    expect(outcomes(await cemetery.redrive({ reason: 'delivery-limit' }))).toEqual(['redriven']);
    const [message] = await cemetery.take('moderation');
    expect(message!.properties.headers).toEqual({ 'x-parley-exchange': 'comment.created', 'x-parley-redrives': 1 });
    expect(message!.properties.messageId).toBe(event.id);
  });

  it.each([
    [{ type: 'comment.edited' }, ['edited']],
    [{ reason: 'permanent' }, ['permanent']],
    [{ id: 'plain' }, ['plain']],
    [{ service: 'moderation' }, ['plain', 'edited', 'permanent']],
    [{ service: 'comments' }, []],
  ] as [DeadLetterFilter, string[]][])(
    'sends only those that fit to %j, and keeps the others in order',
    async (filter, expected) => {
      const named = (messageId: string, headers = {}) => {
        const { content, options } = aDeadLetter(headers);
        return { content, options: { ...options, messageId } };
      };
      await cemetery.bury(
        'moderation',
        named('plain'),
        named('edited', { 'x-parley-exchange': 'comment.edited' }),
        named('permanent', { 'x-parley-reason': 'permanent' }),
      );
      await cemetery.redrive(filter);
      expect(await idsIn('moderation')).toEqual(expected);
      const others = ['plain', 'edited', 'permanent'].filter((name) => !expected.includes(name));
      expect(await idsIn('moderation.dead')).toEqual(others);
    },
  );

  it('finds those that fit among very many', async () => {
    const letters = many(1_000, (index) => aDeadLetter(index % 300 === 7 ? { 'x-parley-reason': 'permanent' } : {}));
    const wanted = letters.filter((_, index) => index % 300 === 7).map(idOf);
    await cemetery.bury('moderation', ...letters);
    await cemetery.redrive({ reason: 'permanent' });
    expect(await idsIn('moderation')).toEqual(wanted);
    expect(await idsIn('moderation.dead')).toEqual(letters.map(idOf).filter((id) => !wanted.includes(id)));
  });

  it('only tells what it would do when asked to', async () => {
    await cemetery.bury('moderation', ...many(3, () => aDeadLetter()));
    expect(outcomes(await cemetery.redrive({}, { dryRun: true }))).toEqual(Array(3).fill('would-redrive'));
    expect(await cemetery.count('moderation')).toBe(0);
    expect(await cemetery.count('moderation.dead')).toBe(3);
  });

  it('redrives no more than asked, the oldest first', async () => {
    const letters = many(5, () => aDeadLetter());
    await cemetery.bury('moderation', ...letters);
    await cemetery.redrive({}, { limit: 2 });
    expect(await idsIn('moderation')).toEqual(letters.slice(0, 2).map(idOf));
    expect(await idsIn('moderation.dead')).toEqual(letters.slice(2).map(idOf));
  });

  it('keeps those whose queue is gone', async () => {
    const letters = many(3, () => aDeadLetter());
    await cemetery.bury('moderation', ...letters);
    await cemetery.system.vhost.deleteQueue('moderation');
    try {
      const results = await cemetery.redrive({ service: 'moderation' });
      expect(results).toMatchObject(many(3, () => ({ outcome: 'kept', detail: 'there is no queue moderation' })));
      expect(await idsIn('moderation.dead')).toEqual(letters.map(idOf));
    } finally {
      // Whoever connects declares it again.
      await (await TestBus.connect(cemetery.system.vhost.url, [50, 100])).close();
    }
  });

  it('sends bytes, and messages without an id, as they are', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
    await cemetery.bury('moderation', { content: bytes, options: {} }, { content: bytes, options: {} });
    expect(outcomes(await cemetery.redrive({ service: 'moderation' }))).toEqual(['redriven', 'redriven']);
    const [first, second] = await cemetery.take('moderation');
    expect(first!.content.equals(bytes) && second!.content.equals(bytes)).toBe(true);
  });

  it('sends messages that share an id each for itself', async () => {
    const event = anEvent();
    await cemetery.bury('moderation', ...many(3, () => aDeadLetter({}, event)));
    await cemetery.redrive({ id: event.id });
    expect(await idsIn('moderation')).toEqual([event.id, event.id, event.id]);
    expect(await cemetery.count('moderation.dead')).toBe(0);
  });

  it('loses none when it is interrupted before one leaves the dead letters', async () => {
    const letters = many(150, () => aDeadLetter());
    await cemetery.bury('moderation', ...letters);
    let told = 0;
    const interrupted = cemetery.open((deadLetters) =>
      deadLetters.redrive(
        {},
        {
          onResult: () => {
            if (++told === 70) throw new Error('interrupted');
          },
        },
      ),
    );
    await expect(interrupted).rejects.toThrow('interrupted');
    await cemetery.redrive({});
    expect(await cemetery.count('moderation.dead')).toBe(0);
    const sent = await idsIn('moderation');
    expect(sent.length).toBeGreaterThan(150);
    expect([...new Set(sent)].toSorted()).toEqual(letters.map(idOf).toSorted());
  });

  it('sends each once when two redrive at once', async () => {
    const letters = many(400, () => aDeadLetter());
    await cemetery.bury('moderation', ...letters);
    const both = await Promise.all([cemetery.redrive({}), cemetery.redrive({})]);
    expect(both.flat()).toHaveLength(400);
    expect((await idsIn('moderation')).toSorted()).toEqual(letters.map(idOf).toSorted());
    expect(await cemetery.count('moderation.dead')).toBe(0);
  });

  it('is not made endless by those that come back meanwhile', async () => {
    await cemetery.bury('moderation', ...many(120, () => aDeadLetter()));
    let results = 0;
    await cemetery.open((deadLetters) =>
      deadLetters.redrive(
        {},
        {
          onResult: () => {
            results += 1;
            const { content, options } = aDeadLetter();
            cemetery.channel.sendToQueue('moderation.dead', content, options);
          },
        },
      ),
    );
    expect(results).toBe(120);
    await cemetery.waitForCount('moderation.dead', 120);
  });

  describe('of query', () => {
    it('appends the event to the log, once for all copies that failed', async () => {
      const event = anEvent();
      const ofCopies = many(3, () => aDeadLetter({ 'x-parley-log-offset': 42 }, event));
      await cemetery.bury('query', ...ofCopies, aDeadLetter({ 'x-parley-log-offset': 43 }));
      expect(outcomes(await cemetery.redrive({ service: 'query' }))).toEqual(Array(4).fill('redriven'));
      expect(await cemetery.count('query.dead')).toBe(0);
      const logged = await cemetery.eventsInLog();
      expect(logged.filter(({ id }) => id === event.id)).toEqual([event]);
      expect(await cemetery.count('moderation')).toBe(0);
    });

    it('does not put into the log for ever what is no event', async () => {
      const { options } = aDeadLetter({ 'x-parley-log-offset': 44 });
      await cemetery.bury('query', { content: Buffer.from('garbage'), options });
      const [kept] = await cemetery.redrive({ service: 'query' });
      expect(kept).toMatchObject({ outcome: 'kept', detail: expect.stringContaining('discard it') });
      expect(await cemetery.redrive({ service: 'query' }, { dryRun: true })).toEqual([kept]);
      expect(await cemetery.count('query.dead')).toBe(1);
    });
  });
});
