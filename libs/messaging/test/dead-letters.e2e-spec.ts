import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { CloudEvent } from '#contracts';
import { InboxMessage } from '#database';
import { createEvent, UnrecoverableEventError } from '#messaging';
import { type QueuedMessage, TestSystem } from '#testing';
import { aComment, aPost } from './event.factory.js';
import { moderationApp } from './moderation.app.js';
import { Effect, Script } from './script.js';

describe('dead letters', () => {
  const script = new Script();
  let system: TestSystem;

  beforeAll(async () => {
    system = await TestSystem.start({ apps: [moderationApp(script)] });
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    script.onEvent = () => undefined;
    await system.vhost.purgeQueue('moderation.dead');
  });

  const database = () => system.app('moderation').get(DataSource).manager;
  const effects = (subject: string) => database().countBy(Effect, { subject });
  const deadLetter = (matches: (message: QueuedMessage) => boolean) =>
    system.waitFor(async () => (await system.vhost.peek('moderation.dead')).find(matches), { what: 'a dead letter' });
  const headersOf = ({ properties }: QueuedMessage) => properties.headers ?? {};
  /** What is published behind the bad event must come through. */
  const somethingBehind = async () => {
    const comment = aComment();
    await system.bus.publish('comment.created', comment);
    await system.waitFor(() => effects(comment.id), { what: 'the event behind to be handled' });
  };

  it('hold an event that failed at every attempt, as it was, with its story in the headers', async () => {
    script.onEvent = ({ attempt }) => {
      throw new TypeError(`attempt ${attempt} failed`);
    };
    const before = new Date().toISOString();
    const event = await system.bus.publish('comment.created', aComment());
    const dead = await deadLetter(({ properties }) => properties.message_id === event.id);
    expect(JSON.parse(dead.payload)).toEqual(event);
    expect(headersOf(dead)).toMatchObject({
      'x-parley-attempts': 3,
      'x-parley-reason': 'transient',
      'x-parley-error': 'TypeError: attempt 3 failed',
      'x-parley-stack': expect.stringMatching(/^at .*dead-letters\.e2e-spec\.ts/),
      'x-parley-exchange': 'comment.created',
    });
    const failedAt = String(headersOf(dead)['x-parley-failed-at']);
    expect(new Date(failedAt).toISOString()).toBe(failedAt);
    expect(failedAt >= before && failedAt <= new Date().toISOString()).toBe(true);
  });

  it('leave nothing behind of what the failed attempts did, so that the event can be handled later', async () => {
    script.onEvent = () => {
      throw new Error('no');
    };
    const event = await system.bus.publish('comment.created', aComment());
    const dead = await deadLetter(({ properties }) => properties.message_id === event.id);
    expect(script.callsFor(event.data.id)).toHaveLength(3);
    expect(await effects(event.data.id)).toBe(0);
    expect(await database().countBy(InboxMessage, { eventId: event.id })).toBe(0);

    script.onEvent = () => undefined;
    await system.bus.publishRaw('comment.created', Buffer.from(dead.payload), event.id);
    await system.waitFor(() => effects(event.data.id));
  });

  it('hold an event at once whose handler says that no attempt can help', async () => {
    script.onEvent = ({ type }) => {
      if (type === 'comment.edited') throw new UnrecoverableEventError("the comment is nobody's");
    };
    const event = await system.bus.publish('comment.edited', aComment({ version: 2 }));
    await somethingBehind();
    const dead = await deadLetter(({ properties }) => properties.message_id === event.id);
    expect(headersOf(dead)).toMatchObject({
      'x-parley-attempts': 1,
      'x-parley-reason': 'permanent',
      'x-parley-error': "UnrecoverableEventError: the comment is nobody's",
      'x-parley-exchange': 'comment.edited',
    });
    expect(script.callsFor(event.data.id)).toHaveLength(1);
    expect(await effects(event.data.id)).toBe(0);
  });

  describe('hold at once what is not an event that the service handles', () => {
    const event = (overrides: Partial<Record<keyof CloudEvent, unknown>>) =>
      JSON.stringify({ ...createEvent('comments', 'comment.created', aComment()), ...overrides });

    it.each([
      ['no JSON', 'garbage', /^MalformedEventError: the body is not JSON/],
      ['no bytes', '', /^MalformedEventError: the body is not JSON/],
      ['no CloudEvent', '{"id":1}', /^MalformedEventError: not a CloudEvent of ours: specversion/],
      ['a type that nobody knows', event({ type: 'comment.exploded' }), /not a CloudEvent of ours: type/],
      ['data that breaks the schema', event({ data: { id: 'x' } }), /data breaks the schema: id: must be a UUIDv7/],
      ['no data', event({ data: undefined }), /not a CloudEvent of ours: data/],
      ['an event for others', event({ type: 'post.created', data: aPost() }), /no handler for post\.created/],
    ])('%s', async (_, body, error) => {
      const bytes = Buffer.from(body);
      await system.bus.publishRaw('comment.created', bytes);
      await somethingBehind();
      const dead = await deadLetter(({ payload }) => payload === body);
      expect(headersOf(dead)).toMatchObject({
        'x-parley-attempts': 1,
        'x-parley-reason': 'permanent',
        'x-parley-error': expect.stringMatching(error),
        'x-parley-exchange': 'comment.created',
      });
      // It had no id; without one it could not be told from others.
      expect(dead.properties.message_id).toBeTruthy();
    });

    it('bytes that are no text, which stay as they are', async () => {
      const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
      await system.bus.publishRaw('comment.created', bytes);
      await somethingBehind();
      await deadLetter(({ payload }) => Buffer.from(payload, 'base64').equals(bytes));
    });
  });

  it('take an event whose error is too long for a header', async () => {
    script.onEvent = () => {
      throw new Error('a very long message: ' + 'x'.repeat(10_000));
    };
    const event = await system.bus.publish('comment.created', aComment());
    const dead = await deadLetter(({ properties }) => properties.message_id === event.id);
    // A header table must fit into one AMQP frame.
    expect(String(headersOf(dead)['x-parley-error'])).toHaveLength(1_000);
  });
});
