import type { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { type Dispatcher, Pool } from 'undici';
import type { Candidate } from './balancing.js';
import { askHealth, messageOf } from './health-check.js';

/** A request as a service gets it. */
export interface Message {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: Readable | null;
  /** How long the answer's body may be silent, in milliseconds; 0 for ever. */
  bodyTimeout?: number;
}

/** Takes the answer, and tells when the exchange is over. */
export type Exchanger<T> = Dispatcher.DispatchHandler & { readonly outcome: Promise<T> };

/** Milliseconds each. As many connections as there are requests at once, which are limited, and event streams. */
const poolOptions = { connectTimeout: 2_000, headersTimeout: 15_000, bodyTimeout: 30_000 } satisfies Pool.Options;

/** How often an instance is asked how it is, in milliseconds. */
const CHECK_INTERVAL = 1_000;

/** For how long an instance is left alone after its connections failed, at first and at most, in milliseconds. */
const FIRST_PAUSE = 100;
const LAST_PAUSE = 10_000;

/** What starts together with us gets this long before it is worth a warning, in milliseconds. */
const START_GRACE = 5_000;

/** `unknown`: not asked yet. `unreachable`: its connections fail. `not-ready`: it says itself that it cannot answer. */
type State = 'unknown' | 'up' | 'unreachable' | 'not-ready';

/** One running copy of a service: its connections, and what is known of its health. */
export class Instance implements Candidate {
  outstanding = 0;
  /** How many of these are requests, and no event streams. */
  private requests = 0;
  private state: State = 'unknown';
  /** What was last logged. */
  private reported: State = 'up';
  private readonly since = Date.now();
  /** How often its connections failed since it last answered a request. */
  private failures = 0;
  private leaving = false;
  /** When it last answered a request, and when it was last asked how it is because it had refused one. */
  private answeredAt = 0;
  private doubtedAt = 0;
  private timer?: NodeJS.Timeout;
  private closed = false;
  /** What to do with the exchanges that are under way when it falls silent. */
  private readonly whenSilent = new Set<() => void>();
  /** What to call it in `Host`. */
  private readonly host: string;
  private readonly pool: Pool;
  private readonly logger = new Logger(Instance.name);

  /**
   * @param origin with its address, such as `http://10.0.0.5:4001`
   * @param url by which it was found, such as `http://comments:4001`: with HTTPS its certificate must be for that host
   * @param maxRequests how many requests it may be sent at once
   */
  constructor(
    readonly origin: string,
    readonly url: string,
    private readonly maxRequests: number,
  ) {
    // undici takes the name that the certificate must have from `Host`.
    this.host = new URL(url).host;
    this.pool = new Pool(origin, poolOptions);
    this.scheduleCheck(0);
  }

  get up(): boolean {
    return this.state === 'up';
  }

  get full(): boolean {
    return this.requests >= this.maxRequests;
  }

  get unreachable(): boolean {
    return this.state === 'unreachable';
  }

  /** Whether `url`, which is an origin, is its address or what it was found by. */
  isAt(url: string): boolean {
    return url === this.origin || url === new URL(this.url).origin;
  }

  /**
   * Sends `message`. It counts as outstanding until its outcome, which is the handler's.
   *
   * @param onSilent called when health checks cannot reach the instance meanwhile: the connection may be dead without
   *   saying so, as behind a cut link, and an answer not come for long
   */
  async exchange<T>(message: Message, handler: Exchanger<T>, onSilent?: () => void): Promise<T> {
    const request = message.bodyTimeout === 0 ? 0 : 1;
    this.outstanding += 1;
    this.requests += request;
    if (onSilent) this.whenSilent.add(onSilent);
    this.pool.dispatch({ ...message, headers: { ...message.headers, host: this.host } }, handler);
    try {
      return await handler.outcome;
    } finally {
      this.outstanding -= 1;
      this.requests -= request;
      if (onSilent) this.whenSilent.delete(onSilent);
    }
  }

  /** To be told when it answered a request, whatever it said. */
  answered(): void {
    this.answeredAt = Date.now();
    this.failures = 0;
    if (this.state === 'unreachable') this.become('up', 'it answers');
  }

  /**
   * To be told when the connection to it failed. It gets no more requests until a health check succeeds, and the first
   * one waits the longer the more often this happened.
   */
  failed(error: Error): void {
    if (!this.up && this.state !== 'unknown') return;
    this.become('unreachable', messageOf(error));
    this.scheduleCheck(Math.min(FIRST_PAUSE * 2 ** this.failures, LAST_PAUSE));
    this.failures += 1;
  }

  /** To be told when it said that it cannot answer now. It is asked at once how it is, but not for each request. */
  refused(): void {
    this.answered();
    const now = Date.now();
    if (!this.up || now - this.doubtedAt < FIRST_PAUSE) return;
    this.doubtedAt = now;
    this.scheduleCheck(0);
  }

  /** To be told when it says that it leaves. It gets no more requests, unless its health checks say that it is back. */
  leaves(): void {
    this.leaving = true;
    this.become('not-ready', 'it leaves');
    this.scheduleCheck(CHECK_INTERVAL);
  }

  /** Lets it finish what it is at, then closes its connections. */
  async drain(): Promise<void> {
    this.stopChecks();
    await this.pool.close();
  }

  /** Closes its connections at once. */
  async destroy(): Promise<void> {
    this.stopChecks();
    await this.pool.destroy();
  }

  private scheduleCheck(delay: number): void {
    clearTimeout(this.timer);
    if (this.closed) return;
    this.timer = setTimeout(() => void this.check(), delay).unref();
  }

  private async check(): Promise<void> {
    const { timer } = this;
    const asked = Date.now();
    const { state, reason } = await askHealth(this.pool, this.host);
    // Meanwhile a request may have failed: what was said before that does not count.
    if (this.closed || timer !== this.timer) return;
    // One that answers requests is not dead, but busy; without it, the others would have even more to do.
    const busy = state === 'timeout' && this.answeredAt >= asked;
    if (!busy) this.become(state === 'timeout' ? 'unreachable' : state, reason);
    if (this.unreachable) for (const onSilent of this.whenSilent) onSilent();
    this.scheduleCheck(CHECK_INTERVAL);
  }

  private become(state: State, reason: string): void {
    this.state = state;
    if (this.up) this.leaving = false;
    const starting = Date.now() - this.since < START_GRACE;
    if (state === this.reported || (state === 'unreachable' && (starting || this.leaving))) return;
    this.reported = state;
    const message = `${this.origin} (${this.host}) is ${state}: ${reason}`;
    if (this.up || this.leaving) this.logger.log(message);
    else this.logger.warn(message);
  }

  private stopChecks(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }
}
