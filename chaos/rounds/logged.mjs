// @ts-check
import { AnnouncedAgain } from './announced-again.mjs';

/** @typedef {'post' | 'comment'} Kind */
/** @typedef {{ id: string, type: string, time: string, data: Record<string, any> }} LoggedEvent */

/**
 * What the event log tells of a thing. `versions`: which events made each; there should be one, however often it is there.
 * @typedef {{ kind: Kind, id: string, postId?: string, versions: Map<number, Set<string>>, last: LoggedEvent }} LoggedThing
 */

/** What the event log holds, put in order by the things that its events are about. */
export class Logged {
  /** @type {Map<string, LoggedThing>} */
  things = new Map();
  /** The events that made each version of each verdict: there should be one. @type {Map<string, Set<string>>} */
  verdicts = new Map();
  /** Things of which there was something new since `looked`. */
  changed = new Set(/** @type {string[]} */ ([]));
  events = 0;
  #announcedAgain = new AnnouncedAgain();

  /** @param {LoggedEvent} event */
  add(event) {
    this.events += 1;
    if (this.#announcedAgain.has(event)) return;
    const [kind] = event.type.split('.');
    if (event.type === 'comment.moderated') this.#addVerdict(event);
    else if (kind === 'post' || kind === 'comment') this.#addState(kind, event);
  }

  /** Everything was looked at and found right. */
  looked() {
    this.changed.clear();
  }

  /** @param {LoggedThing | undefined} thing */
  isDeleted(thing) {
    return thing !== undefined && thing.last.type.endsWith('.deleted');
  }

  /** @param {Kind} kind @param {LoggedEvent} event */
  #addState(kind, event) {
    const { id, postId, version } = event.data;
    const thing = this.things.get(id) ?? { kind, id, postId, versions: new Map(), last: event };
    this.things.set(id, thing);
    this.changed.add(id);
    add(thing.versions, version, event.id);
    if (version > thing.last.data.version) thing.last = event;
  }

  /** @param {LoggedEvent} event */
  #addVerdict({ id, data }) {
    add(this.verdicts, `${data.commentId} ${data.version}`, id);
  }
}

/** @template Key @param {Map<Key, Set<string>>} map @param {Key} key @param {string} id */
function add(map, key, id) {
  const known = map.get(key);
  if (known) known.add(id);
  else map.set(key, new Set([id]));
}
