import type { Backlog } from '#database';
import type { Readiness, ReadinessCheck } from './readiness.js';

/** How long an answer counts, in milliseconds: many ask every second, and counting costs. */
const COUNTS_FOR = 2_000;

/** Says how much waits for something, and whether it waits for too long. Requests are answered meanwhile. */
export class BacklogCheck implements ReadinessCheck {
  private last: { at: number; answer: Promise<Readiness> } | undefined;

  /**
   * @param limit for how many seconds the oldest may wait before that is a fault
   */
  constructor(
    readonly name: string,
    private readonly measure: () => Promise<Backlog>,
    private readonly limit = Infinity,
  ) {}

  check(): Promise<Readiness> {
    const now = performance.now();
    if (!this.last || now - this.last.at > COUNTS_FOR) this.last = { at: now, answer: this.ask() };
    return this.last.answer;
  }

  private async ask(): Promise<Readiness> {
    try {
      const backlog = await this.measure();
      const { waiting, oldestSeconds } = backlog;
      const detail = waiting === 0 ? 'empty' : `${waiting} waiting, the oldest for ${oldestSeconds} s`;
      return { up: oldestSeconds <= this.limit, detail, ...backlog };
    } catch (error) {
      return { up: false, detail: `cannot be counted: ${String(error)}` };
    }
  }
}
