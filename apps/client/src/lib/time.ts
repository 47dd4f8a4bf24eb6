import { createStore, useStore } from './store';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const dayAndMonth = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const date = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short' });

/** How long ago something was: `just now`, `5 minutes ago`, `yesterday`; a date once it is more than a week. */
export function formatRelative(timestamp: string, now: number): string {
  const time = Date.parse(timestamp);
  const age = now - time;
  // The server's clock may be ahead of ours.
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return relative.format(-Math.floor(age / MINUTE), 'minute');
  if (age < DAY) return relative.format(-Math.floor(age / HOUR), 'hour');
  if (age < 7 * DAY) return relative.format(-Math.floor(age / DAY), 'day');
  return new Date(time).getFullYear() === new Date(now).getFullYear() ? dayAndMonth.format(time) : date.format(time);
}

/** The whole date and time, in the reader's time zone. */
export function formatFull(timestamp: string): string {
  return full.format(Date.parse(timestamp));
}

// One clock for the whole page. It does not go while nothing on the page shows a time.
const clock = createStore(Date.now(), (set) => {
  set(Date.now());
  const timer = setInterval(() => set(Date.now()), MINUTE / 2);
  return () => clearInterval(timer);
});

/** The time now, to the half minute. */
export const useNow = (): number => useStore(clock);
