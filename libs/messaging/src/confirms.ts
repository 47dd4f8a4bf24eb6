import type { ConfirmChannel, Message, Options } from 'amqplib';
import { PublishRefusedError } from './errors.js';

/** Every message has an id, by which a return is told from the others. */
export type PublishOptions = Options.Publish & {
  messageId: string;
  /** Waits for the confirm as long as RabbitMQ blocks publishers, instead of giving up. */
  patient?: boolean;
};

/** Where a message goes, and what it is. */
export interface Outgoing {
  exchange: string;
  routingKey: string;
  content: Buffer;
  options: PublishOptions;
}

/** A confirm that takes longer will not come, in milliseconds. */
const CONFIRM_TIMEOUT = 10_000;

/** Publishes, and knows what became of it. */
export class Confirms {
  /** Ids of messages that came back because no queue took them. */
  private readonly returned = new Set<string>();

  /** To be told of each fresh channel. */
  watch(channel: ConfirmChannel): void {
    this.returned.clear();
    channel.on('return', ({ properties }: Message) => this.returned.add(String(properties.messageId)));
  }

  /**
   * Publishes a persistent message.
   *
   * @param givesUp asked each time that a confirm did not come in time: whether to wait no longer
   * @returns when RabbitMQ has taken responsibility for it
   * @throws PublishRefusedError when RabbitMQ refused it; another Error when it reached no queue, was given up, or the channel closed first. A message that reached no
   *   queue comes back as a return and is confirmed all the same: the confirm alone proves nothing
   */
  publish(channel: ConfirmChannel, { exchange, routingKey, content, options }: Outgoing, givesUp: () => boolean) {
    return new Promise<void>((resolve, reject) => {
      const timer = setInterval(() => {
        if (!givesUp()) return;
        clearInterval(timer);
        reject(new Error('RabbitMQ did not confirm in time'));
      }, CONFIRM_TIMEOUT);
      const settle = (error: unknown): void => {
        clearInterval(timer);
        if (this.returned.delete(options.messageId)) reject(new Error('no queue took the message'));
        else if (error) reject(asPublishError(error));
        else resolve();
      };
      try {
        channel.publish(exchange, routingKey, content, { ...options, persistent: true, mandatory: true }, settle);
      } catch (error) {
        settle(error);
      }
    });
  }
}

/** What amqplib reports of a nack is told from a channel that was closed by its words alone. */
const asPublishError = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.message === 'message nacked' ? new PublishRefusedError('RabbitMQ refused the message') : error;
};
