import { Logger } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { Announcement, ServiceName } from '#contracts';
import type { ServiceDirectory } from '#messaging';
import { type Lookup, originsOf } from './addresses.js';
import { pick } from './balancing.js';
import { Instance } from './instance.js';
import { RetryBudget } from './retry-budget.js';

/** The services that the gateway forwards to. */
export const upstreamNames = ['posts', 'comments', 'query'] as const satisfies ServiceName[];
export type UpstreamName = (typeof upstreamNames)[number];

/** How often host names are resolved, in milliseconds. */
const RESOLVE_INTERVAL = 2_000;

/**
 * One service: all its instances, which come and go while it runs. They are found in two ways: what the configuration
 * lists, and what announces itself. Each URL may stand for many of them; the same origin is one instance.
 */
export class Upstream {
  readonly retries = new RetryBudget();
  private instances: readonly Instance[] = [];
  /** What each URL stood for when it could last be resolved. */
  private readonly origins = new Map<string, string[]>();
  private turn = 0;
  private timer?: NodeJS.Timeout;
  private closed = false;
  private heard?: Subscription;
  private readonly logger = new Logger(Upstream.name);

  /**
   * @param listed URLs of instances, or of host names that stand for all of them
   * @param maxRequests how many requests each instance may be sent at once
   */
  constructor(
    readonly name: UpstreamName,
    private readonly listed: string[],
    private readonly directory: ServiceDirectory,
    private readonly lookup: Lookup,
    private readonly maxRequests: number,
  ) {}

  /** Finds its instances, and from then on those that come and go. */
  async start(): Promise<void> {
    this.heard = this.directory.changes.subscribe((announcement) => void this.hear(announcement));
    await this.refresh();
  }

  /** Whom to send a request to, unless it is full; undefined when no instance is known. `except` has just failed. */
  pick(except?: Instance): Instance | undefined {
    // A second attempt takes nobody's turn: with two instances, the same one would begin every time.
    if (!except) this.turn += 1;
    return pick(this.instances, this.turn, except);
  }

  /** Whether there is anybody up but `instance`. */
  hasOther(instance: Instance): boolean {
    return this.instances.some((other) => other !== instance && other.up);
  }

  /** How many instances there are, and how many of them are up. */
  count(): { all: number; up: number } {
    return { all: this.instances.length, up: this.instances.filter(({ up }) => up).length };
  }

  /** Closes all connections at once. */
  async close(): Promise<void> {
    this.closed = true;
    this.heard?.unsubscribe();
    clearTimeout(this.timer);
    await Promise.all(this.instances.map((instance) => instance.destroy()));
  }

  private get urls(): string[] {
    return this.directory.urlsOf(this.name, this.listed);
  }

  private async refresh(): Promise<void> {
    for (const url of this.urls) if (this.isUnreachable(url)) this.directory.unreachable(url);
    const { urls } = this;
    for (const url of this.origins.keys()) if (!urls.includes(url)) this.origins.delete(url);
    await Promise.all(urls.map((url) => this.resolve(url)));
    this.update();
    if (this.closed) return;
    this.timer = setTimeout(() => void this.refresh(), RESOLVE_INTERVAL).unref();
  }

  private async hear({ url, state }: Announcement): Promise<void> {
    if (state === 'leaving') {
      for (const instance of this.instances) if (instance.isAt(url)) instance.leaves();
    }
    if (!this.origins.has(url) && this.urls.includes(url)) await this.resolve(url);
    this.update();
  }

  private isUnreachable(url: string): boolean {
    return this.instances.every((instance) => instance.unreachable || !instance.isAt(url));
  }

  private update(): void {
    if (this.closed) return;
    const wanted = this.wanted();
    const stay = this.instances.filter(({ origin, url }) => wanted.get(origin) === url);
    const gone = this.instances.filter((instance) => !stay.includes(instance));
    for (const { origin } of stay) wanted.delete(origin);
    if (gone.length + wanted.size === 0) return;
    this.instances = [...stay, ...[...wanted].map(([origin, url]) => new Instance(origin, url, this.maxRequests))];
    this.logger.log(`${this.name}: ${this.instances.map(({ origin }) => origin).join(', ')}`);
    for (const instance of gone) void instance.drain();
  }

  /** The origins of all instances there are, with the URL that each was found by: the first counts. */
  private wanted(): Map<string, string> {
    const wanted = new Map<string, string>();
    for (const url of this.urls) {
      for (const origin of this.origins.get(url) ?? []) if (!wanted.has(origin)) wanted.set(origin, url);
    }
    return wanted;
  }

  /** An answer that fails changes nothing: it says nothing about the instances. */
  private async resolve(url: string): Promise<void> {
    try {
      this.origins.set(url, await originsOf(new URL(url), this.lookup));
    } catch (error) {
      if (!this.origins.has(url)) this.logger.warn(`${new URL(url).host} cannot be resolved: ${String(error)}`);
    }
  }
}
