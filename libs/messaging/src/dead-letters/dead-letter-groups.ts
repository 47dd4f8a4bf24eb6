import type { DeadLetterGroup } from '#contracts';
import type { DeadLetter } from './dead-letter.js';

/** The most of an error that a group shows, in characters. */
const ERROR_LENGTH = 200;

/** Counts dead letters that are alike, without keeping them. There are only so many kinds. */
export class DeadLetterGroups {
  private readonly groups = new Map<string, DeadLetterGroup>();

  add(letter: DeadLetter): void {
    const { service, type, reason, failedAt } = letter;
    const key = [service, type, reason].join(' ');
    const group = this.groups.get(key) ?? { service, type, reason, count: 0, oldest: null, newest: null, error: '' };
    group.count += 1;
    if (failedAt && (!group.oldest || failedAt < group.oldest)) group.oldest = failedAt;
    if (!group.error || (failedAt && (!group.newest || failedAt >= group.newest))) {
      group.newest = failedAt ?? group.newest;
      group.error = letter.error.slice(0, ERROR_LENGTH);
    }
    this.groups.set(key, group);
  }

  /** Those of a service together, the most first. */
  all(): DeadLetterGroup[] {
    return [...this.groups.values()].toSorted((a, b) => a.service.localeCompare(b.service) || b.count - a.count);
  }
}
