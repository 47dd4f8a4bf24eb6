/** What waits for something. */
export interface Backlog {
  waiting: number;
  /** How long the oldest of it has waited; 0 when nothing waits. */
  oldestSeconds: number;
}

/**
 * @param waiting how many wait
 * @param oldest ISO 8601: since when the oldest does
 */
export function backlogOf(waiting: number, oldest: string | null | undefined): Backlog {
  const age = waiting > 0 && oldest ? Date.now() - Date.parse(oldest) : 0;
  // Another machine's clock may be ahead.
  return { waiting, oldestSeconds: Math.max(0, Math.round(age / 1_000)) };
}
