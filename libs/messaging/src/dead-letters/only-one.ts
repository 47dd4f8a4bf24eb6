import type { DeadLetterDetail } from '#contracts';
import { AmbiguousDeadLetterError } from './errors.js';

/**
 * The one of those that were found by an id; of several that are the same in all, any.
 *
 * @throws AmbiguousDeadLetterError that names their own ids when they are not the same
 */
export function onlyOne(id: string, found: DeadLetterDetail[]): DeadLetterDetail {
  if (new Set(found.map((each) => each.id)).size === 1) return found[0]!;
  const ids = found.map((each) => `${each.id} (${each.service})`).join(', ');
  throw new AmbiguousDeadLetterError(`several dead letters have the id ${id}; say one of their own: ${ids}`);
}
