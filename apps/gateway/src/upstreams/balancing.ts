/** What balancing needs to know of an instance. */
export interface Candidate {
  readonly up: boolean;
  /** Whether it has as much to do as it may. */
  readonly full: boolean;
  /** How many requests it has not answered yet. */
  readonly outstanding: number;
}

/**
 * Whom to send a request to: of the instances that are up the one with the least to do. When none is up, one of the
 * others: it may have come back, and nothing is lost by asking. One that is full only when all that are up are.
 *
 * @param turn where to begin among equals: one more each time, so that they take turns
 * @param except who has just failed: picked only when there is no one else
 */
export function pick<T extends Candidate>(instances: readonly T[], turn: number, except?: T): T | undefined {
  const others = except ? instances.filter((instance) => instance !== except) : instances;
  const up = others.filter((instance) => instance.up);
  const free = up.filter((instance) => !instance.full);
  return leastBusy([free, up, others, instances].find(({ length }) => length > 0) ?? [], turn);
}

function leastBusy<T extends Candidate>(candidates: readonly T[], turn: number): T | undefined {
  let best: T | undefined;
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[(turn + i) % candidates.length]!;
    if (!best || candidate.outstanding < best.outstanding) best = candidate;
  }
  return best;
}
