import { Logger } from '@nestjs/common';
import type { ServiceName } from '#contracts';
import { type Lookup, originsOf } from './addresses.js';
import { pick } from './balancing.js';
import { Instance } from './instance.js';

/** The services that the gateway forwards to. */
export type UpstreamName = Extract<ServiceName, 'posts' | 'comments' | 'query'>;

/** How often host names are resolved, in milliseconds. */
const RESOLVE_INTERVAL = 2_000;

/** One service: all its instances, which come and go while it runs. */
export class Upstream {
  private instances: readonly Instance[] = [];
  private readonly urls: URL[];
  /** What each URL stood for when it could last be resolved. */
  private readonly origins = new Map<URL, string[]>();
  private turn = 0;
  private timer?: NodeJS.Timeout;
  private closed = false;
  private readonly logger = new Logger(Upstream.name);

  /** @param urls of instances, or of host names that stand for all of them */
  constructor(
    readonly name: UpstreamName,
    urls: string[],
    private readonly lookup: Lookup,
  ) {
    this.urls = urls.map((url) => new URL(url));
  }

  /** Finds its instances, and from then on those that come and go. */
  async start(): Promise<void> {
    await this.refresh();
    if (this.closed) return;
    this.timer = setTimeout(() => void this.start(), RESOLVE_INTERVAL).unref();
  }

  /** Whom to send a request to; undefined when no instance is known. `except` has just failed. */
  pick(except?: Instance): Instance | undefined {
    this.turn += 1;
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
    clearTimeout(this.timer);
    await Promise.all(this.instances.map((instance) => instance.destroy()));
  }

  private async refresh(): Promise<void> {
    await Promise.all(this.urls.map((url) => this.resolve(url)));
    if (this.closed) return;
    const hosts = new Map(this.urls.flatMap((url) => this.origins.get(url)?.map((origin) => [origin, url.host]) ?? []));
    const known = new Set(this.instances.map(({ origin }) => origin));
    const gone = this.instances.filter(({ origin }) => !hosts.has(origin));
    const come = [...hosts].filter(([origin]) => !known.has(origin)).map((entry) => new Instance(...entry));
    if (gone.length + come.length === 0) return;
    this.instances = [...this.instances.filter((instance) => !gone.includes(instance)), ...come];
    this.logger.log(`${this.name}: ${this.instances.map(({ origin }) => origin).join(', ')}`);
    for (const instance of gone) void instance.drain();
  }

  /** An answer that fails changes nothing: it says nothing about the instances. */
  private async resolve(url: URL): Promise<void> {
    try {
      this.origins.set(url, await originsOf(url, this.lookup));
    } catch (error) {
      if (!this.origins.has(url)) this.logger.warn(`${url.host} cannot be resolved: ${String(error)}`);
    }
  }
}
