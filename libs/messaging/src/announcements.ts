import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { Announcement, type AppName, SERVICE_ANNOUNCED, type ServiceName } from '#contracts';
import { BrokerConnection, type BrokerStatus } from './broker-connection.js';
import { ServiceDirectory } from './service-directory.js';

/** Injection token of the AnnouncementsOptions. */
export const ANNOUNCEMENTS_OPTIONS = Symbol('AnnouncementsOptions');

export interface AnnouncementsOptions {
  app: AppName;
  /** What people call this process: `comments@host:4001`. */
  instance: string;
  /** AMQP URLs of the nodes of one RabbitMQ cluster. */
  urls: string[];
  /** As in MessagingOptions: every process declares the whole topology. */
  retryDelays: number[];
  /** The services that this process calls, and so wants to hear of. */
  calls: readonly ServiceName[];
}

/** How often a process announces itself, in milliseconds. */
const INTERVAL = 1_000;

/** Whoever serves has been heard after so long, in milliseconds: half an interval is for those that are late. */
const HEARD_ALL_AFTER = 1.5 * INTERVAL;

/** How long a process that starts waits to hear the others, in milliseconds: RabbitMQ may be away. */
const START_GRACE = 5_000;

/** Who announces itself and hears nothing for so long, not even that, is cut off, in milliseconds. */
const DEAF_AFTER = 5_000;

/** How long leaving waits until RabbitMQ has the announcement, in milliseconds. */
const LEAVE_TIMEOUT = 1_000;

/**
 * Announces this process to the others, and hears those of the services that it calls.
 *
 * They come on an exclusive queue of this process's own, which RabbitMQ deletes with the connection. Its name ends
 * differently each time: after a broken connection the old queue may be there, and locked, for a while.
 */
@Injectable()
export class Announcements implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly broker: BrokerConnection;
  private readonly logger = new Logger(Announcements.name);
  /** How others reach us, while we serve. */
  private url: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private heard = 0;
  private readonly startedAt = Date.now();
  private listeningSince = Infinity;
  /** Why the last malformed announcement was ignored. */
  private malformed: string | undefined;

  constructor(
    @Inject(ANNOUNCEMENTS_OPTIONS) private readonly options: AnnouncementsOptions,
    private readonly directory: ServiceDirectory,
  ) {
    this.broker = new BrokerConnection({
      name: `${options.instance} announcements`,
      urls: options.urls,
      retryDelays: options.retryDelays,
      onChannel: (channel) => this.open(channel),
    });
  }

  /**
   * Whether others hear this process, and it hears them. One that has just started is to get no requests yet: it knows only
   * the instances that are listed, perhaps one that is about to leave.
   */
  get status(): BrokerStatus {
    const { up, detail } = this.broker.status;
    if (!this.listens || this.hasHeardAll) return { up, detail };
    return { up: false, detail: up ? 'hears which instances there are' : detail, essential: true };
  }

  onApplicationBootstrap(): void {
    this.broker.connect();
  }

  /** Says from now on that this process serves at `url`; without RabbitMQ, as soon as it is back. */
  serve(url: string): void {
    this.url = url;
    void this.say('serving');
    this.timer ??= setInterval(() => this.tick(), INTERVAL).unref();
  }

  /** Says that this process leaves. Resolves when RabbitMQ has it, or cannot be reached. The second time it does nothing. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    const said = this.say('leaving');
    this.url = undefined;
    await Promise.race([said, delay(LEAVE_TIMEOUT, undefined, { ref: false })]);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.leave();
  }

  onApplicationShutdown(): Promise<void> {
    return this.broker.close();
  }

  private tick(): void {
    // Nobody is heard while nobody can speak. Nobody is forgotten either: all are silent alike.
    if (this.broker.blocked) this.heard = Date.now();
    void this.say('serving');
    const deaf = this.listens && Date.now() - this.heard > DEAF_AFTER;
    // Somebody may have deleted the queue's binding, of which nobody is told.
    if (deaf && this.broker.current) this.broker.reopen('no announcement is heard, not even our own');
  }

  private get listens(): boolean {
    return this.options.calls.length > 0;
  }

  private get hasHeardAll(): boolean {
    const now = Date.now();
    return now - this.listeningSince >= HEARD_ALL_AFTER || now - this.startedAt >= START_GRACE;
  }

  private async open(channel: ConfirmChannel): Promise<void> {
    if (this.listens) await this.listen(channel);
    // The channel becomes the current one right after this.
    setImmediate(() => void this.say('serving'));
  }

  private async listen(channel: ConfirmChannel): Promise<void> {
    const { queue } = await channel.assertQueue(
      `${this.options.instance} announcements ${randomBytes(2).toString('hex')}`,
      { exclusive: true, autoDelete: true, durable: false, arguments: { 'x-queue-type': 'classic' } },
    );
    await channel.bindQueue(queue, SERVICE_ANNOUNCED, '');
    await channel.consume(queue, (message) => this.receive(message, channel), { noAck: true });
    this.heard = Date.now();
    this.listeningSince = Math.min(this.listeningSince, this.heard);
  }

  private receive(message: ConsumeMessage | null, channel: ConfirmChannel): void {
    if (message) this.hear(message.content);
    else if (this.broker.isLive(channel)) this.broker.reopen('RabbitMQ cancelled the consumer');
  }

  private hear(content: Buffer): void {
    this.heard = Date.now();
    const { data, error } = Announcement.safeParse(jsonOf(content));
    if (data) this.directory.take(data);
    else this.ignore(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }

  /** Logs the same only once in a row: whoever sends it may send it every second. */
  private ignore(reason: string): void {
    if (reason !== this.malformed) this.logger.warn(`ignores a malformed announcement: ${reason}`);
    this.malformed = reason;
  }

  /** Resolves when RabbitMQ has it or refuses it; at once when there is none that takes it, or nothing to say. */
  private async say(state: Announcement['state']): Promise<void> {
    const { app, instance } = this.options;
    const channel = this.broker.current;
    // What cannot be sent now would only pile up.
    if (!channel || !this.url || this.broker.blocked) return;
    const announcement: Announcement = { app, instance, host: hostname(), url: this.url, state };
    await publish(channel, announcement).catch(() => {
      // The channel broke. The next one begins with an announcement.
    });
  }
}

/** A moment later it is worth nothing: so it is not kept, and nobody need hear it. */
function publish(channel: ConfirmChannel, announcement: Announcement): Promise<void> {
  const content = Buffer.from(JSON.stringify(announcement));
  const options = { contentType: 'application/json', appId: announcement.app };
  return new Promise((resolve) => void channel.publish(SERVICE_ANNOUNCED, '', content, options, () => resolve()));
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}
