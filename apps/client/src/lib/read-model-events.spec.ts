import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventStream, followReadModel, type ReadModelListener } from './read-model-events';
import { aPost } from './testing';

class FakeStream extends EventTarget implements EventStream {
  readyState = 0;
  close = vi.fn<() => void>();

  opened(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  failed(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }

  tell(name: string, data: string): void {
    this.dispatchEvent(new MessageEvent(name, { data }));
  }
}

function follow() {
  const streams: FakeStream[] = [];
  const listener = {
    onChange: vi.fn<ReadModelListener['onChange']>(),
    onGap: vi.fn<ReadModelListener['onGap']>(),
    onState: vi.fn<ReadModelListener['onState']>(),
  };
  const stop = followReadModel(listener, () => {
    const stream = new FakeStream();
    streams.push(stream);
    return stream;
  });
  const stream = (): FakeStream => {
    const last = streams.at(-1);
    if (!last) throw new Error('no stream was opened');
    return last;
  };
  return { ...listener, streams, stream, stop };
}

describe('followReadModel', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hands on events', () => {
    const { stream, onChange } = follow();
    stream().tell('post.changed', JSON.stringify(aPost('p1')));
    stream().tell('post.deleted', '{"id":"p1"}');
    expect(onChange.mock.calls).toEqual([
      [{ type: 'post.changed', data: aPost('p1') }],
      [{ type: 'post.deleted', data: { id: 'p1' } }],
    ]);
  });

  it('takes a reset, and an event that cannot be read, for a gap', () => {
    const { stream, onChange, onGap } = follow();
    stream().tell('reset', '{}');
    stream().tell('post.changed', '{');
    expect(onGap).toHaveBeenCalledTimes(2);
    expect(onChange).not.toHaveBeenCalled();
  });

  it('knows a gap when the browser reconnects before any event, and none when it can resume', () => {
    const { stream, streams, onGap, onState } = follow();
    stream().opened();
    expect(onGap).toHaveBeenCalledTimes(1);
    stream().failed(0);
    stream().opened();
    expect(onGap).toHaveBeenCalledTimes(2);
    stream().tell('post.deleted', '{"id":"p1"}');
    stream().failed(0);
    stream().opened();
    expect(onGap).toHaveBeenCalledTimes(2);
    expect(streams).toHaveLength(1);
    expect(onState.mock.calls.flat()).toEqual(['live', 'reconnecting', 'live', 'reconnecting', 'live']);
  });

  it('opens the stream anew when the browser gave up, later each time, and with a gap', () => {
    const { stream, streams, onGap } = follow();
    stream().tell('post.deleted', '{"id":"p1"}');
    for (const [tries, delay] of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
      stream().failed(2);
      vi.advanceTimersByTime(delay - 1);
      expect(streams).toHaveLength(tries + 1);
      vi.advanceTimersByTime(1);
      expect(streams).toHaveLength(tries + 2);
    }
    stream().opened();
    expect(onGap).toHaveBeenCalledTimes(1);
    stream().failed(2);
    vi.advanceTimersByTime(1_000);
    expect(streams).toHaveLength(9);
  });

  it('stops', () => {
    const { stream, streams, stop } = follow();
    stream().failed(2);
    stop();
    vi.runAllTimers();
    expect(streams).toHaveLength(1);
    expect(stream().close).toHaveBeenCalled();
  });
});
