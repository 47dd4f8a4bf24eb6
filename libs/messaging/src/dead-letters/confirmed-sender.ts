import type { ConfirmChannel, Message } from 'amqplib';
import type { PublishOptions } from '../confirms.js';
import { DeadLetterError } from './errors.js';

/** A confirm that takes longer will not come, in milliseconds. */
const CONFIRM_TIMEOUT = 10_000;

/** There is no such queue. */
export class ReturnedError extends DeadLetterError {
  override readonly name = 'ReturnedError';
}

/** Sends messages to a queue alone, through the default exchange, and knows which ones RabbitMQ has. */
export class ConfirmedSender {
  /** Ids of messages that came back. Others of the same id count as returned with them: kept, and at worst there twice. */
  private readonly returned = new Set<string>();

  constructor(private readonly channel: ConfirmChannel) {
    channel.on('error', () => undefined);
    channel.on('return', ({ properties }: Message) => this.returned.add(String(properties.messageId)));
  }

  /**
   * @returns when RabbitMQ has the message safely in `queue`
   * @throws ReturnedError when there is no such queue; any other error when it is not known what became of it
   */
  send(queue: string, content: Buffer, options: PublishOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new DeadLetterError('RabbitMQ did not confirm in time')), CONFIRM_TIMEOUT);
      const settle = (error: unknown): void => {
        clearTimeout(timer);
        // A return is followed by a confirm: the confirm alone proves nothing.
        if (this.returned.has(options.messageId)) reject(new ReturnedError(`there is no queue ${queue}`));
        else if (error) reject(new DeadLetterError(`RabbitMQ did not take it: ${messageOf(error)}`));
        else resolve();
      };
      try {
        this.channel.publish('', queue, content, { ...options, persistent: true, mandatory: true }, settle);
      } catch (error) {
        settle(error);
      }
    });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'refused');
