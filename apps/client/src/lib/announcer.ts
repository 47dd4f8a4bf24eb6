import { createStore } from './store';

export interface Announcement {
  id: number;
  text: string;
}

/** Long enough for a screen reader to have read it; then it is taken away, so that it is not met while browsing. */
const KEPT_MS = 8_000;

/** What screen readers are to be told just now. */
export const announcements = createStore<readonly Announcement[]>([]);

let lastId = 0;

/** Tells screen readers about something that happened, without moving the focus. */
export function announce(text: string): void {
  const id = (lastId += 1);
  announcements.set([...announcements.get(), { id, text }]);
  setTimeout(() => announcements.set(announcements.get().filter((entry) => entry.id !== id)), KEPT_MS);
}
