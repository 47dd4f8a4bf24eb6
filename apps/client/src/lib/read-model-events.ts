import type { ReadModelChange, ReadModelChangeType } from '#contracts';
import type { Change } from './apply-change';

export type ConnectionState = 'connecting' | 'live' | 'reconnecting';

/** The part of `EventSource` that is used here. */
export interface EventStream {
  readonly readyState: number;
  addEventListener: (name: string, listener: (event: Event) => void) => void;
  close: () => void;
}

export interface ReadModelListener {
  onChange: (change: Change) => void;
  /** Changes may have been missed: what is shown has to be read again. */
  onGap: () => void;
  onState: (state: ConnectionState) => void;
}

const CLOSED = 2;
const FIRST_DELAY_MS = 1_000;
const LAST_DELAY_MS = 30_000;

// A record, so that the compiler tells when the contract gets another event.
const names: Record<ReadModelChangeType, true> = {
  'post.changed': true,
  'post.deleted': true,
  'comment.changed': true,
  'comment.deleted': true,
  reset: true,
};

/**
 * Follows the read model's event stream and answers how to stop.
 *
 * The browser reconnects by itself after a broken connection, and resumes behind the last event it saw. It gives up
 * when the server answers with an error, so then the stream is opened anew, later each time.
 */
export function followReadModel(
  { onChange, onGap, onState }: ReadModelListener,
  open: () => EventStream = () => new EventSource('/api/events'),
): () => void {
  let stream: EventStream;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const connect = (): void => {
    // Without an event to resume behind, a connection begins at the present, and leaves a gap behind what was read.
    let resumable = false;
    stream = open();
    stream.addEventListener('open', () => {
      failures = 0;
      onState('live');
      if (!resumable) onGap();
    });
    stream.addEventListener('error', () => {
      onState('reconnecting');
      if (stream.readyState !== CLOSED) return;
      timer = setTimeout(connect, Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures));
      failures += 1;
    });
    for (const name of Object.keys(names)) {
      stream.addEventListener(name, (event) => {
        resumable = true;
        const change = readChange(name, event as MessageEvent<string>);
        if (change && change.type !== 'reset') onChange(change);
        else onGap();
      });
    }
  };

  connect();
  return () => {
    clearTimeout(timer);
    stream.close();
  };
}

/** The change that an event tells; undefined when it cannot be read, which is as if it had been missed. */
function readChange(name: string, event: MessageEvent<string>): ReadModelChange | undefined {
  try {
    return { type: name, data: JSON.parse(event.data) as unknown } as ReadModelChange;
  } catch {
    return undefined;
  }
}
