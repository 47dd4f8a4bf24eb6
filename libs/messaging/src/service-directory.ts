import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import { type Announcement, type AppName, defaultPorts, type ServiceName } from '#contracts';

/** An instance announces itself every second. It is silent when it was not heard of for this long, in milliseconds. */
const SILENT_AFTER = 5_000;

interface Entry {
  app: AppName;
  /** When it was last heard of, by `Date.now()`. */
  heard: number;
  leaving: boolean;
}

/**
 * Which instances of the services there are, as they announce themselves.
 *
 * - An instance is forgotten when whoever asks it finds it unreachable and it said that it leaves, or is silent. Silence
 *   alone proves nothing: RabbitMQ may be away, or the network to it.
 * - Nobody is silent while nobody at all is heard, not even this process's own announcements.
 * - A URL belongs to who announced it last: addresses are given to others when their owner is gone.
 */
export class ServiceDirectory {
  /** Tells of announcements that changed something, after the change. */
  readonly changes = new Subject<Announcement>();
  private readonly entries = new Map<string, Entry>();
  /** When anybody was last heard, and since when without a longer break. */
  private heard = 0;
  private hearingSince = 0;
  /** What was warned of. */
  private readonly ignored = new Set<string>();
  private readonly logger = new Logger(ServiceDirectory.name);

  /**
   * @param host the name of this machine
   * @param services those that this process calls; of others nothing is kept
   */
  constructor(
    private readonly host: string,
    private readonly services: readonly AppName[],
  ) {}

  /**
   * Where to ask `service`: at the listed URLs and at those announced, those heard last first. When there are neither, on
   * its usual port of this machine.
   *
   * @param listed the URLs that the configuration names
   */
  urlsOf(service: ServiceName, listed: readonly string[] = []): string[] {
    const announced = [...this.entries].filter(([, { app }]) => app === service);
    announced.sort(([, a], [, b]) => b.heard - a.heard);
    const urls = [...new Set([...listed, ...announced.map(([url]) => url)])];
    return urls.length > 0 ? urls : [`http://127.0.0.1:${defaultPorts[service]}`];
  }

  /** Takes in an announcement of anybody. */
  take(announcement: Announcement): void {
    const { app, url, state } = announcement;
    this.noteHeard();
    if (isLoopback(url) && announcement.host !== this.host) return this.ignore(announcement);
    const known = this.entries.get(url);
    const called = this.services.includes(app);
    const leaving = state === 'leaving';
    if (!called) this.entries.delete(url);
    else if (known || !leaving) this.entries.set(url, { app, heard: this.heard, leaving });
    // One that leaves may be listed, and so unknown here.
    const changed = known?.app !== app || known.leaving || leaving;
    if (changed && (known || called)) this.changes.next(announcement);
  }

  /** To be told of a URL at which no one can be reached. Its owner is forgotten when it has left or is silent. */
  unreachable(url: string): void {
    const entry = this.entries.get(url);
    if (!entry) return;
    const silent = this.heard - Math.max(entry.heard, this.hearingSince) >= SILENT_AFTER;
    if (!entry.leaving && !silent) return;
    this.entries.delete(url);
    this.logger.log(`${entry.app} at ${url} is forgotten: it is unreachable and ${entry.leaving ? 'left' : 'silent'}`);
  }

  private noteHeard(): void {
    const now = Date.now();
    if (now - this.heard >= SILENT_AFTER) this.hearingSince = now;
    this.heard = now;
  }

  /** At an address such as 127.0.0.1 somebody else answers on each machine. */
  private ignore({ instance, url }: Announcement): void {
    const key = `${instance} ${url}`;
    if (this.ignored.has(key)) return;
    this.ignored.add(key);
    this.logger.warn(`${instance} cannot be reached from this machine at ${url}: set its HOST or its ADVERTISE_URL`);
  }
}

const isLoopback = (url: string): boolean => /^(127\..+|localhost|\[::1\])$/.test(new URL(url).hostname);
