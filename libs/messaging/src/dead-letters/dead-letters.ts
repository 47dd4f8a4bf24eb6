import type { ChannelModel } from 'amqplib';
import {
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterGroup,
  type DeadLetterService,
  deadLetterServices,
  type RedriveResult,
} from '#contracts';
import { deadLetterQueueOf } from '../topology.js';
import { connectToAny } from './connect.js';
import { ConfirmedSender } from './confirmed-sender.js';
import { DeadLetter } from './dead-letter.js';
import { DeadLetterGroups } from './dead-letter-groups.js';
import { DeadLetterQueue } from './dead-letter-queue.js';
import { DeadLetterError, NoSuchDeadLetterError } from './errors.js';
import { onlyOne } from './only-one.js';
import { foresee, Redrive } from './redrive.js';

/** The most dead letters of one id that are told. */
const MOST_OF_ONE_ID = 20;

export interface DeadLettersOptions {
  /** AMQP URLs of the nodes of one RabbitMQ cluster. */
  urls: string[];
  /** The connection's name, shown in the management UI. */
  name: string;
  /** How long to wait for somebody else who is at work in the same queue, in milliseconds. */
  patience: number;
}

export interface RedriveOptions {
  /** Send nothing, only tell what would become of each. */
  dryRun?: boolean;
  /** The most that are redriven. */
  limit?: number;
  /**
   * Hears of each one as soon as RabbitMQ has it, before it leaves the dead letters: who is interrupted here has it twice,
   * which the inbox and the versions make harmless.
   */
  onResult: (result: RedriveResult) => void;
}

/**
 * The dead letters of all services: to be looked at, tried anew, or thrown away.
 *
 * Looking changes nothing. Each body is in memory only while it is looked at. An instance has a connection of its own and
 * does one thing at a time; whoever else works in the same queue waits.
 */
export class DeadLetters {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly patience: number,
  ) {}

  /**
   * Connects to the first node that answers. Declares nothing.
   *
   * @throws the last node's error when none answers
   */
  static async open({ urls, name, patience }: DeadLettersOptions): Promise<DeadLetters> {
    return new DeadLetters(await connectToAny(urls, name), patience);
  }

  /** Does `work` with a connection that is closed afterwards. @throws what it throws, or the connection */
  static async use<T>(options: DeadLettersOptions, work: (deadLetters: DeadLetters) => Promise<T>): Promise<T> {
    const deadLetters = await DeadLetters.open(options);
    try {
      return await work(deadLetters);
    } finally {
      await deadLetters.close();
    }
  }

  /** What was not acknowledged by now is in its queue again. */
  async close(): Promise<void> {
    await this.connection.close().catch(() => undefined);
  }

  /** How many there are of each kind. */
  async groups(filter: DeadLetterFilter = {}): Promise<DeadLetterGroup[]> {
    const groups = new DeadLetterGroups();
    await this.each(filter, (letter) => groups.add(letter));
    return groups.all();
  }

  /**
   * Shows each one that fits to `look`, the oldest of each service first. None of them is kept in memory.
   *
   * @param look gets a function besides that ends it
   * @throws DeadLetterError when there is none of the queues that should be looked at
   */
  async each(filter: DeadLetterFilter, look: (letter: DeadLetter, stop: () => void) => void): Promise<void> {
    let stopped = false;
    for (const { service, queue } of await this.queues(filter)) {
      if (stopped) return;
      await queue.scan((message, stop) => {
        const letter = new DeadLetter(service, message);
        const stopAll = (): void => {
          stopped = true;
          stop();
        };
        if (!stopped && letter.fits(filter)) look(letter, stopAll);
        return 'keep';
      });
    }
  }

  /**
   * The whole story of those that have this id, their own or a `messageId`.
   *
   * @throws NoSuchDeadLetterError when there is none
   */
  async find(id: string, service?: DeadLetterService): Promise<DeadLetterDetail[]> {
    const found: DeadLetterDetail[] = [];
    await this.each({ id, service }, (letter, stop) => {
      found.push(letter.detail());
      if (letter.id === id || found.length === MOST_OF_ONE_ID) stop();
    });
    if (found.length === 0) throw new NoSuchDeadLetterError(`no dead letter has the id ${id}`);
    return found;
  }

  /**
   * Sends those that fit to the queue of the service that failed, and to nobody else; query's go to the end of the event
   * log. Each leaves the dead letters once RabbitMQ has it safely. To be repeated as often as one likes.
   *
   * @throws when it is not known what became of one, or the connection broke: all that was not told is still there
   */
  async redrive(filter: DeadLetterFilter, { dryRun, limit = Infinity, onResult }: RedriveOptions): Promise<void> {
    const sender = new ConfirmedSender(await this.connection.createConfirmChannel());
    let left = limit;
    for (const { service, queue } of await this.queues(filter)) {
      const redrive = new Redrive(sender);
      await queue.scan(async (message, stop) => {
        const letter = new DeadLetter(service, message);
        if (left <= 0) stop();
        if (left <= 0 || !letter.fits(filter)) return 'keep';
        left -= 1;
        const result = dryRun ? foresee(letter) : await redrive.send(letter);
        onResult(result);
        return result.outcome === 'redriven' ? 'remove' : 'keep';
      });
    }
  }

  /**
   * Removes exactly one.
   *
   * @param id its own, or a `messageId` that only one has
   * @param before hears what it is before it is gone; when it throws, it stays
   * @throws NoSuchDeadLetterError, or AmbiguousDeadLetterError that names the ids among which to choose
   */
  async discard(
    id: string,
    service?: DeadLetterService,
    before: (letter: DeadLetterDetail) => void = () => undefined,
  ): Promise<DeadLetterDetail> {
    return this.remove(onlyOne(id, await this.find(id, service)), before);
  }

  /** Of several that are the same in all, one. */
  private async remove(
    { id, service }: DeadLetterDetail,
    before: (letter: DeadLetterDetail) => void,
  ): Promise<DeadLetterDetail> {
    let removed: DeadLetterDetail | undefined;
    await this.queueOf(service).scan((message, stop) => {
      const letter = new DeadLetter(service, message);
      if (removed || letter.id !== id) return 'keep';
      const detail = letter.detail();
      before(detail);
      removed = detail;
      stop();
      return 'remove';
    });
    if (!removed) throw new NoSuchDeadLetterError(`the dead letter ${id} is not there any more`);
    return removed;
  }

  private async queues({
    service,
  }: DeadLetterFilter): Promise<{ service: DeadLetterService; queue: DeadLetterQueue }[]> {
    const all = (service ? [service] : deadLetterServices).map((name) => ({
      service: name,
      queue: this.queueOf(name),
    }));
    const there = await Promise.all(all.map(({ queue }) => queue.exists()));
    if (there.includes(true)) return all.filter((_, index) => there[index]);
    const names = all.map(({ queue }) => queue.name).join(', ');
    throw new DeadLetterError(`RabbitMQ has no ${names}: does RABBITMQ_URL name the right one, with its vhost?`);
  }

  private queueOf(service: DeadLetterService): DeadLetterQueue {
    return new DeadLetterQueue(this.connection, deadLetterQueueOf(service), this.patience);
  }
}
