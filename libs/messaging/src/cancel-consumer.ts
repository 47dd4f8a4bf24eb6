import type { Channel, ConsumeMessage } from 'amqplib';

/** What amqplib's channel has besides what its types say. */
interface Consumers {
  registerConsumer(tag: string, receive: (message: ConsumeMessage | null) => void): void;
}

/**
 * Cancels a consumer. A queue may send some more behind RabbitMQ's answer; amqplib gives the whole connection up for a message
 * whose consumer it no longer knows, and with it every acknowledgement under way. So it goes on knowing this one.
 *
 * @param late receives what still comes
 */
export async function cancelConsumer(
  channel: Channel,
  tag: string,
  late: (message: ConsumeMessage | null) => void,
): Promise<void> {
  await channel.cancel(tag);
  // In the turn in which the answer was read: nothing that came behind it has been looked at.
  (channel as unknown as Consumers).registerConsumer(tag, late);
}
