import type { ConnectionState } from '../lib/read-model-events';
import { useStore } from '../lib/store';
import { connection } from './connection';

const texts: Record<ConnectionState, { text: string; title: string }> = {
  connecting: { text: 'Connecting…', title: 'Connecting to the live updates' },
  live: { text: 'Live', title: 'Changes appear by themselves' },
  reconnecting: { text: 'Reconnecting…', title: 'The live updates are interrupted; what is shown may be out of date' },
};

/** Tells whether the page is kept up to date. */
export function ConnectionIndicator() {
  const state = useStore(connection);
  const { text, title } = texts[state];
  return (
    <p className="connection" role="status" data-state={state} title={title}>
      <span className="connection-dot" aria-hidden="true" />
      {text}
    </p>
  );
}
