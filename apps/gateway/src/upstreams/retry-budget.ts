/** How many retries there may be for each request. */
const SHARE = 0.1;
/** The most retries that can be saved up. */
const MOST = 20;

/**
 * How many requests may be sent a second time: one for ten, and some at once after a quiet time. When much is refused,
 * a retry of each would be another load on those who still answer.
 */
export class RetryBudget {
  private saved = MOST;

  /** A request came. */
  deposit(): void {
    this.saved = Math.min(MOST, this.saved + SHARE);
  }

  /** @returns whether one request may be sent a second time */
  withdraw(): boolean {
    if (this.saved < 1) return false;
    this.saved -= 1;
    return true;
  }
}
