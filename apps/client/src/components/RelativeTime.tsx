import { formatFull, formatRelative, useNow } from '../lib/time';

/** How long ago something was; the whole date and time when the pointer rests on it. */
export function RelativeTime({ timestamp }: { timestamp: string }) {
  const now = useNow();
  return (
    <time dateTime={timestamp} title={formatFull(timestamp)}>
      {formatRelative(timestamp, now)}
    </time>
  );
}
