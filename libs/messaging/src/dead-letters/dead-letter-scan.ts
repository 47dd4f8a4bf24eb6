import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { DeadLetterError } from './errors.js';

/** How many messages RabbitMQ hands over to begin with: so many bodies may be in memory, here and there. */
const FIRST_WINDOW = 100;
/** Up to 32 consumers of a channel that closes, RabbitMQ gives their messages back in the order of their names. */
const MOST_WINDOWS = 32;
/** What the bodies of a window shall not exceed, in bytes: many large ones may come back in another order. */
const MOST_BYTES = 64 * 1024 * 1024;
/** When nothing came for so long it is asked whether anything is left, in milliseconds. */
const SILENCE = 300;
/** After so many silences RabbitMQ is given up: some seconds cover the choice of a new leader. */
const MOST_SILENCES = 100;
/** Acknowledgements sent right before a channel closes are partly lost; this gives them time, in milliseconds. */
const ACK_GRACE = 200;

/** Whether a message stays in the queue or leaves it. */
export type Verdict = 'keep' | 'remove';

/** @returns what becomes of the message. It may be called for the next ones before it is done */
export type Visitor = (message: ConsumeMessage) => Verdict | Promise<Verdict>;

/**
 * One walk through a queue, oldest message first.
 *
 * - Every message is taken without acknowledging it: when the channel closes, in whatever way, all of them are in the
 *   queue again, in their order.
 * - What shall be removed is acknowledged after its visit, never before.
 * - A full window is held, and a further consumer takes the next: so the walk reaches the end of any queue while only one
 *   window of bodies is in memory.
 * - It ends after as many messages as there were at its begin: what arrives meanwhile does not make it endless.
 */
export class DeadLetterScan {
  private held = 0;
  private windows = 0;
  /** How many messages all windows take. */
  private room = 0;
  private bytes = 0;
  private removed = 0;
  private visited = 0;
  private visiting = 0;
  private stopped = false;
  private failure: Error | undefined;
  private wake: () => void = () => undefined;

  constructor(
    /** Of this walk alone. */
    private readonly channel: Channel,
    private readonly queue: string,
    private readonly visit: Visitor,
  ) {
    channel.on('error', (error: Error) => this.fail(error));
    channel.once('close', () => this.fail(new DeadLetterError('RabbitMQ closed the channel')));
  }

  /** From now on no further message is visited. */
  stop(): void {
    this.stopped = true;
  }

  /**
   * @param count how many messages to visit at most
   * @returns how many were removed
   * @throws what a visit threw, or what happened to the channel
   */
  async run(count: number): Promise<number> {
    let silences = 0;
    while (!this.isDone(count)) {
      if (this.windowIsFull) await this.openWindow(count);
      else if (await this.somethingHappens()) silences = 0;
      else if (this.visiting === 0 && (await this.isOver(++silences))) break;
    }
    if (this.removed > 0) await delay(ACK_GRACE);
    return this.removed;
  }

  private isDone(count: number): boolean {
    if (this.failure) throw this.failure;
    return this.visiting === 0 && (this.stopped || this.visited >= count);
  }

  private get windowIsFull(): boolean {
    return this.visiting === 0 && this.held >= this.room;
  }

  private async openWindow(count: number): Promise<void> {
    const size = this.windows === 0 ? FIRST_WINDOW : this.nextWindow(count);
    this.windows += 1;
    this.room += size;
    await this.channel.prefetch(size);
    await this.channel.consume(this.queue, (message) => this.receive(message, count), {
      consumerTag: `dead letters ${String(this.windows).padStart(6, '0')}`,
    });
  }

  /** By the size of the bodies so far. */
  private nextWindow(count: number): number {
    const bySize = Math.floor((MOST_BYTES * this.visited) / Math.max(this.bytes, 1));
    const wanted = Math.min(Math.ceil(count / (MOST_WINDOWS - 1)), bySize, 65_535);
    return Math.max(wanted, FIRST_WINDOW);
  }

  private receive(message: ConsumeMessage | null, count: number): void {
    if (!message) return this.fail(new DeadLetterError(`${this.queue} was deleted`));
    this.held += 1;
    this.bytes += message.content.length;
    if (!this.stopped && this.visited < count) {
      this.visited += 1;
      this.visiting += 1;
      void this.settle(message);
    }
    this.wake();
  }

  private async settle(message: ConsumeMessage): Promise<void> {
    try {
      const verdict = await this.visit(message);
      if (verdict === 'remove' && !this.failure) this.remove(message);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.visiting -= 1;
    this.wake();
  }

  private remove(message: ConsumeMessage): void {
    this.channel.ack(message);
    this.held -= 1;
    this.removed += 1;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  private async somethingHappens(): Promise<boolean> {
    const waiting = new AbortController();
    const woken = new Promise<true>((resolve) => (this.wake = () => resolve(true)));
    const silence = delay(SILENCE, false, { signal: waiting.signal }).catch(() => false);
    const happened = await Promise.race([woken, silence]);
    waiting.abort();
    return happened;
  }

  /** Somebody may have taken messages away that were counted at the begin. */
  private async isOver(silences: number): Promise<boolean> {
    if (silences > MOST_SILENCES) throw new DeadLetterError(`RabbitMQ does not hand over what is in ${this.queue}`);
    const before = this.visited;
    const { messageCount } = await this.channel.checkQueue(this.queue);
    return messageCount === 0 && silences > 1 && this.visited === before;
  }
}
