import { randomUUID } from 'node:crypto';
import { type ConfirmChannel, connect, type ConsumeMessage, type Options } from 'amqplib';
import type { CloudEvent, DeadLetterService, RedriveResult } from '#contracts';
import { createEvent, DeadLetters, EventLogArchive, type RedriveOptions } from '#messaging';
import { TestSystem, waitFor } from '#testing';
import { aComment } from '../event.factory.js';

/** A dead letter as a service leaves it there: an event that failed at every attempt. */
export interface Buried {
  content: Buffer;
  options: Options.Publish;
}

let failures = Date.UTC(2026, 0, 1);

/** @param headers over those that the failure policy writes */
export function aDeadLetter(headers: Record<string, unknown> = {}, event = anEvent()): Buried {
  return {
    content: Buffer.from(JSON.stringify(event)),
    options: {
      messageId: event.id,
      headers: {
        'x-parley-attempts': 3,
        'x-parley-reason': 'transient',
        'x-parley-error': 'Error: not now',
        'x-parley-stack': 'at nowhere',
        'x-parley-failed-at': new Date((failures += 1_000)).toISOString(),
        'x-parley-exchange': event.type,
        ...headers,
      },
    },
  };
}

export const anEvent = () => createEvent('comments', 'comment.created', aComment());

/** The dead letters of a vhost of its own, and hands to put some there. */
export class Cemetery {
  private constructor(
    readonly system: TestSystem,
    readonly channel: ConfirmChannel,
    private readonly disconnect: () => Promise<void>,
  ) {}

  static async of(system?: TestSystem): Promise<Cemetery> {
    const its = system ?? (await TestSystem.start({ apps: [] }));
    const connection = await connect(its.vhost.url, { noDelay: true });
    const channel = await connection.createConfirmChannel();
    return new Cemetery(its, channel, () => connection.close());
  }

  /** Ends the system, too. */
  async close(): Promise<void> {
    await this.disconnect();
    await this.system.stop();
  }

  async bury(service: DeadLetterService, ...letters: Buried[]): Promise<void> {
    for (const { content, options } of letters) {
      this.channel.sendToQueue(`${service}.dead`, content, { persistent: true, ...options });
    }
    await this.channel.waitForConfirms();
  }

  /** A connection of an operator for one thing. */
  async open<T>(work: (deadLetters: DeadLetters) => Promise<T>, patience = 20_000): Promise<T> {
    return DeadLetters.use({ urls: [this.system.vhost.url], name: `operator ${randomUUID()}`, patience }, work);
  }

  /** Redrives, and tells what became of each. */
  async redrive(
    filter: Parameters<DeadLetters['redrive']>[0],
    options: Omit<RedriveOptions, 'onResult'> = {},
  ): Promise<RedriveResult[]> {
    const results: RedriveResult[] = [];
    const onResult = (result: RedriveResult) => void results.push(result);
    await this.open((deadLetters) => deadLetters.redrive(filter, { ...options, onResult }));
    return results;
  }

  /** How many messages stand ready in a queue. */
  async count(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  waitForCount(queue: string, count: number): Promise<unknown> {
    return waitFor(async () => (await this.count(queue)) === count, { what: `${count} messages in ${queue}` });
  }

  /** Takes everything out of a queue, in order. */
  async take(queue: string): Promise<ConsumeMessage[]> {
    const count = await this.count(queue);
    const all: ConsumeMessage[] = [];
    const { consumerTag } = await this.channel.consume(queue, (message) => message && all.push(message), {
      noAck: true,
    });
    await waitFor(() => all.length >= count, { what: `the ${count} messages of ${queue}` });
    await this.channel.cancel(consumerTag);
    return all;
  }

  /** Every event in the event log. */
  async eventsInLog(): Promise<CloudEvent[]> {
    const archive = await EventLogArchive.open([this.system.vhost.url]);
    try {
      const events: CloudEvent[] = [];
      for await (const event of archive.events()) events.push(event);
      return events;
    } finally {
      await archive.close();
    }
  }

  /** Does `work` while somebody else is at work in the dead letters of a service. */
  async lock(service: DeadLetterService, work: () => Promise<void>): Promise<void> {
    const somebody = await connect(this.system.vhost.url);
    try {
      const channel = await somebody.createChannel();
      await channel.assertQueue(`${service}.dead operator`, { exclusive: true, durable: false });
      await work();
    } finally {
      await somebody.close();
    }
  }

  /** Lets a message of a service's queue fail by ending its consumer, until RabbitMQ gives it up. */
  async giveUp(queue: string): Promise<void> {
    const before = await this.count(`${queue}.dead`);
    await waitFor(
      async () => {
        const message = await this.channel.get(queue);
        if (message) this.channel.reject(message, true);
        return (await this.count(`${queue}.dead`)) > before;
      },
      { what: 'RabbitMQ to give the message up' },
    );
  }
}
