import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ConfirmChannel } from 'amqplib';
import type { Post } from '#contracts';
import { type HttpAnswer, HttpClient } from '#testing';
import { Commenters } from '../../test/commenters.js';
import type { Fault, FaultSite } from '../faults/fault.mjs';
import { faults } from '../faults/index.mjs';
import { withChannel } from '../rounds/broker-channel.mjs';
import { seeded } from '../rounds/random.mjs';
import { Site } from '../rounds/site.mjs';

const { signal } = new AbortController();
const random = seeded('proving ground');

/** A system in which a test injects one fault at a time and looks what it does. Needs `npm run build` before. */
export class ProvingGround {
  private constructor(
    readonly site: Site,
    readonly commenters: Commenters,
  ) {}

  static async start(): Promise<ProvingGround> {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const site = new Site({ root, cluster: false, keep: false, onLine: () => undefined, signal });
    try {
      await site.start();
      return new ProvingGround(site, await Commenters.start(new HttpClient(`${site.url}/api`)));
    } catch (error) {
      await site.stop();
      throw error;
    }
  }

  /**
   * Injects a fault.
   *
   * @param options.on the only processes that it may choose from, which must be of one service where it asks for one; all when left out
   * @param options.meanwhile it lasts as long as this
   * @returns what it says of itself
   */
  async inject(name: string, { on, meanwhile }: InjectOptions = {}): Promise<string> {
    const fault = faultOf(name);
    const site = on ? this.withOnly(on) : this.site;
    const reason = fault.impossible?.(site);
    if (reason) throw new Error(`${name} is impossible: ${reason}`);
    const target = site.processes[0]!.name;
    return fault.inject(site, { target, random, signal, last: async () => void (await meanwhile?.()) });
  }

  /** Writes a comment now and then until the work is done. */
  async underLoad<T>(work: Promise<T>): Promise<T> {
    const over = new AbortController();
    const ended = work.finally(() => over.abort());
    // Not before it is looked at below.
    ended.catch(() => undefined);
    while (!over.signal.aborted) {
      await this.commenters.write();
      await delay(50);
    }
    return ended;
  }

  /** Works on a channel of a connection that is no process's. */
  onChannel<T>(work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    return withChannel(this.site, work, 30_000);
  }

  /** The messageIds of what stands in a queue, which stays there. */
  idsIn(queue: string): Promise<string[]> {
    return this.onChannel(async (channel) => {
      const ids: string[] = [];
      for (let next = await channel.get(queue); next; next = await channel.get(queue)) {
        ids.push(String(next.properties.messageId));
      }
      return ids;
    });
  }

  writePost(): Promise<HttpAnswer<Post>> {
    return new HttpClient(`${this.site.url}/api`).post<Post>('/posts', { title: 'Under fire' });
  }

  stop(): Promise<void> {
    return this.site.stop();
  }

  private withOnly(labels: string[]): FaultSite {
    const { url, broker, nodes, poison, injectedEventIds, queuesDeletedAt } = this.site;
    const process = (label: string) => this.site.process(label);
    return { url, broker, nodes, poison, injectedEventIds, queuesDeletedAt, process, processes: labels.map(process) };
  }
}

interface InjectOptions {
  on?: string[];
  meanwhile?: () => Promise<unknown>;
}

export function faultOf(name: string): Fault {
  const found = faults.find((fault) => fault.name === name);
  if (!found) throw new Error(`no fault is called ${name}`);
  return found;
}
