/** How much of a processor's time `work` takes, in milliseconds: unlike the time on the clock, not more on a busy machine. */
export function cpuTimeOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** An expression that backtracks without end would take minutes for a text of 5,000 characters. */
export const NO_TIME = 5_000;
