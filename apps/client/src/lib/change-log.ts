import { applyChange, type Change } from './apply-change';
import type { Feed } from './feed';

/** Longer than any read of a list takes, and than the read model needs to catch up in ordinary times. */
const KEPT_MS = 120_000;

/**
 * The changes of the last two minutes.
 *
 * A list that is read from the server may be older than what was applied in the meantime: events arrived while it was
 * on its way, or the read model does not show yet what this tab wrote. So the log is played again on every list that
 * arrives. This is safe, because changes may be applied any number of times; the last one decides.
 */
export class ChangeLog {
  #entries: { change: Change; own: boolean; at: number }[] = [];
  readonly #deleted = new Set<string>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Notes a change; `own` tells that it is the answer to a write of this tab. False when it is about something that is
   * known to be gone: such an answer was overtaken by the deletion and must not bring the thing back.
   */
  note(change: Change, own: boolean): boolean {
    if (change.type.endsWith('.deleted')) this.#deleted.add(subjectOf(change));
    else if (this.#deleted.has(subjectOf(change))) return false;
    this.#prune();
    this.#entries.push({ change, own, at: this.#now() });
    return true;
  }

  /** Applies all changes that are kept. */
  replay(feed: Feed): Feed {
    this.#prune();
    return this.#entries.reduce((state, { change }) => applyChange(state, change), feed);
  }

  /** Forgets the events after a gap in their stream: their comment counts may be older than what is read from now on. */
  forgetEvents(): void {
    this.#entries = this.#entries.filter(({ own }) => own);
  }

  #prune(): void {
    const since = this.#now() - KEPT_MS;
    const first = this.#entries.findIndex(({ at }) => at >= since);
    if (first !== 0) this.#entries = first === -1 ? [] : this.#entries.slice(first);
  }
}

function subjectOf(change: Change): string {
  return change.type === 'comment.changed' ? change.data.comment.id : change.data.id;
}
