import { describe, expect, it } from 'vitest';
import type { Post } from '#contracts';
import { MalformedEventError } from './errors.js';
import { createEvent, parseEvent } from './event-envelope.js';
import { traceContext } from './trace-context.js';

const aPost = (): Post => ({
  id: '019a2f4e-7c1b-7d3a-9e55-0c2f6a1b8d47',
  title: 'A title',
  body: '',
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:04:05.678Z',
  version: 1,
});
const onTheWire = (event: object): Buffer => Buffer.from(JSON.stringify(event));

describe(createEvent.name, () => {
  it('makes a CloudEvent about the thing that the data tells of', () => {
    expect(createEvent('posts', 'post.created', aPost())).toMatchObject({
      specversion: '1.0',
      source: 'urn:parley:posts',
      type: 'post.created',
      subject: aPost().id,
      dataschema: 'urn:parley:schema:post.created',
      data: aPost(),
    });
  });

  it('gives every event an id of its own', () => {
    const [one, two] = [createEvent('posts', 'post.created', aPost()), createEvent('posts', 'post.created', aPost())];
    expect(one.id).not.toBe(two.id);
  });

  it('carries the trace that is being followed', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = traceContext.run({ traceparent }, () => createEvent('posts', 'post.created', aPost()));
    expect(event.traceparent).toBe(traceparent);
  });
});

describe(parseEvent.name, () => {
  it('reads back what was written', () => {
    const event = createEvent('posts', 'post.created', aPost());
    expect(parseEvent(onTheWire(event))).toEqual(JSON.parse(JSON.stringify(event)));
  });

  it('lets extension attributes of others through', () => {
    const event = { ...createEvent('posts', 'post.created', aPost()), partitionkey: 'a' };
    expect(parseEvent(onTheWire(event)).type).toBe('post.created');
  });

  it.each([
    ['no JSON', Buffer.from('{'), /not JSON/],
    ['no event', onTheWire({}), /not a CloudEvent/],
    ['an unknown type', onTheWire({ ...createEvent('posts', 'post.created', aPost()), type: 'x' }), /type/],
    [
      'an unknown spec version',
      onTheWire({ ...createEvent('posts', 'post.created', aPost()), specversion: '2' }),
      /specversion/,
    ],
    [
      'data that breaks the schema',
      onTheWire(createEvent('posts', 'post.created', { ...aPost(), version: 0 })),
      /version/,
    ],
  ])('refuses %s', (_, content, message) => {
    expect(() => parseEvent(content)).toThrow(MalformedEventError);
    expect(() => parseEvent(content)).toThrow(message);
  });
});
