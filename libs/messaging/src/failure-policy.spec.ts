import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { UnrecoverableEventError } from './errors.js';
import { FAILURE_HEADERS, nextStop } from './failure-policy.js';
import { durationName } from './topology.js';

const DELAYS = [1_000, 5_000];
const aMessage = (headers: Record<string, unknown> = {}, messageId: string | undefined = 'an-id'): ConsumeMessage =>
  ({
    fields: { exchange: 'comment.created' },
    properties: { headers, messageId },
    content: Buffer.from('{}'),
  }) as unknown as ConsumeMessage;

describe(nextStop.name, () => {
  it.each([
    [0, 'comments.retry.1s'],
    [1, 'comments.retry.5s'],
    [2, 'comments.dead'],
  ])('sends a message that failed %i times before to %s', (attempts, queue) => {
    const message = aMessage({ [FAILURE_HEADERS.attempts]: attempts });
    expect(nextStop('comments', DELAYS, message, new Error('down'))).toMatchObject({
      queue,
      options: { messageId: 'an-id', headers: { [FAILURE_HEADERS.attempts]: attempts + 1 } },
    });
  });

  it.each([2, 1_000])(
    'keeps a message from the dead letters while the database is away, after %i attempts',
    (attempts) => {
      const message = aMessage({ [FAILURE_HEADERS.attempts]: attempts });
      const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      expect(nextStop('comments', DELAYS, message, away)).toMatchObject({ queue: 'comments.retry.5s' });
    },
  );

  it('sends what no later attempt can help to the dead letters at once', () => {
    const { queue, options } = nextStop('comments', DELAYS, aMessage(), new UnrecoverableEventError('no'));
    expect(queue).toBe('comments.dead');
    expect(options.headers).toMatchObject({
      [FAILURE_HEADERS.reason]: 'permanent',
      [FAILURE_HEADERS.error]: 'UnrecoverableEventError: no',
      [FAILURE_HEADERS.stack]: expect.stringMatching(/^at /) as string,
    });
  });

  it('remembers the exchange over further attempts, and the headers of the publisher', () => {
    const message = aMessage({ [FAILURE_HEADERS.exchange]: 'first', theirs: 1 });
    const { options } = nextStop('comments', DELAYS, message, new Error('down'));
    expect(options.headers).toMatchObject({ [FAILURE_HEADERS.exchange]: 'first', theirs: 1 });
  });

  it('gives a message without an id one that is made of its content, by which it can be told from others', () => {
    const { options } = nextStop('comments', DELAYS, aMessage({}, ''), 'thrown as a string');
    expect(options.headers).toMatchObject({ [FAILURE_HEADERS.error]: 'Error: thrown as a string' });
    const nameOfUnnamed = (content: string) => {
      const unnamed = { ...aMessage(), properties: { headers: {} }, content: Buffer.from(content) };
      return nextStop('comments', DELAYS, unnamed as unknown as ConsumeMessage, new Error('x')).options.messageId;
    };
    expect(nameOfUnnamed('one')).toMatch(/^[0-9a-f-]{36}$/);
    expect(nameOfUnnamed('one')).toBe(nameOfUnnamed('one'));
    expect(nameOfUnnamed('one')).not.toBe(nameOfUnnamed('another'));
  });
});

describe(durationName.name, () => {
  it.each([
    [50, '50ms'],
    [1_500, '1500ms'],
    [5_000, '5s'],
    [90_000, '90s'],
    [120_000, '2m'],
  ])('calls %i ms %s', (milliseconds, name) => expect(durationName(milliseconds)).toBe(name));
});
