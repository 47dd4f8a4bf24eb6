/** Something that is done again and again, one at a time. */
export class Chore {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | undefined;

  /**
   * @param interval in milliseconds
   * @param work does not reject
   */
  constructor(
    interval: number,
    private readonly work: () => Promise<void>,
  ) {
    this.timer = setInterval(() => (this.running ??= this.run()), interval).unref();
  }

  /** Resolves when it is not being done any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    await this.work();
    this.running = undefined;
  }
}
