/** How long to wait before a broken channel is opened again, in milliseconds; doubled at each failure in a row. */
const WAIT = { first: 200, most: 5_000 };

/** When to open a channel again that broke: the later the more often that failed. */
export class Reopening {
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;

  schedule(open: () => void): void {
    this.cancel();
    this.timer = setTimeout(open, Math.min(WAIT.first * 2 ** this.failures++, WAIT.most));
  }

  cancel(): void {
    clearTimeout(this.timer);
  }

  /** The channel is open. */
  succeeded(): void {
    this.failures = 0;
  }
}
