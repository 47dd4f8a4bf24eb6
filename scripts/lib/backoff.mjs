// @ts-check

/**
 * How long to wait before a process that died is started again: twice as long each time, up to a limit, and back to
 * the beginning once it has stayed up for a while.
 * @param {{ firstMs?: number, maxMs?: number, steadyMs?: number }} [options] `steadyMs`: up for so long counts as well
 * @returns {(uptimeMs: number) => number} given how long it was up, the delay before the next start
 */
export function createBackoff({ firstMs = 250, maxMs = 15_000, steadyMs = 30_000 } = {}) {
  let failures = 0;
  return (uptimeMs) => {
    failures = uptimeMs >= steadyMs ? 1 : failures + 1;
    return Math.min(maxMs, firstMs * 2 ** (failures - 1));
  };
}
