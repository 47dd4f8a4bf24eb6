import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { LagMeter, type LogView } from './log-lag.js';
import type { LogMessage } from './log-message.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const message = (offset: number, content: string, receivedAt = NOW): LogMessage => ({
  offset,
  receivedAt,
  message: { content: Buffer.from(content) } as ConsumeMessage,
});
const publishedAt = (time: string) => JSON.stringify({ time });

describe(LagMeter.name, () => {
  let sut: LagMeter;
  let asked: number;
  beforeEach(() => {
    asked = 0;
    sut = new LagMeter(() => Promise.resolve((asked += 1) * 1_000));
  });

  const channel = {} as ConfirmChannel;
  const view = (overrides: Partial<LogView> = {}): LogView => ({
    channel,
    pending: [],
    seen: 10,
    last: overrides.pending?.at(-1),
    ...overrides,
  });

  it('knows nothing before the end of the log was seen', () => {
    expect(sut.measure(view(), NOW)).toEqual({ eventsBehind: null, secondsBehind: null });
  });

  it('is not behind at the end of the log', () => {
    sut.noteEnd(10);
    expect(sut.measure(view(), NOW)).toEqual({ eventsBehind: 0, secondsBehind: 0 });
  });

  it('takes the age of the oldest event that waits', () => {
    const pending = [
      message(11, publishedAt('2026-11-21T11:59:48Z')),
      message(13, publishedAt('2026-11-21T11:59:59Z')),
    ];
    sut.noteEnd(10);
    expect(sut.measure(view({ pending }), NOW)).toEqual({ eventsBehind: 3, secondsBehind: 12 });
  });

  it.each([
    ['whose clock is ahead', publishedAt('2026-11-21T13:00:00Z')],
    ['that says no time', '{}'],
    ['that is none', 'garbage'],
  ])('takes the time since its arrival of an event %s', (_, content) => {
    const pending = [message(11, content, NOW - 7_000)];
    expect(sut.measure(view({ pending }), NOW)).toEqual({ eventsBehind: 1, secondsBehind: 7 });
  });

  it('asks where the log ends, for what was delivered need not be all; seldom, and only while events come', async () => {
    sut.noteEnd(10);
    const last = message(10, publishedAt('2026-11-21T11:59:00Z'));
    expect(sut.measure(view({ last }), NOW)).toEqual({ eventsBehind: 0, secondsBehind: 0 });
    await turn();
    expect(sut.measure(view({ last }), NOW)).toEqual({ eventsBehind: 990, secondsBehind: 60 });
    for (const seen of [500, 1_000]) sut.measure(view({ last, seen }), NOW + 4_000);
    expect(asked).toBe(1);
    for (const time of [6_000, 12_000, 18_000]) sut.measure(view({ last, seen: 1_000 }), NOW + time);
    await turn();
    expect(asked).toBe(2);
  });

  it('without a connection, counts from when it was at the end last', () => {
    sut.noteEnd(10);
    sut.measure(view(), NOW);
    expect(sut.measure(view({ channel: undefined }), NOW + 30_000)).toEqual({ eventsBehind: null, secondsBehind: 30 });
  });
});
