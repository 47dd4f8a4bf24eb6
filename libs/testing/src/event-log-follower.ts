import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import { EVENT_LOG, isMark, markEnd, offsetOf } from '#messaging';

/** A message that was published: where it stands in the event log, and what it says of itself. */
export interface LoggedMessage {
  offset: number;
  /** The event's id; undefined where it is no event. */
  id: string | undefined;
  /** The exchange that it was published to. */
  type: string;
}

/** The id of the event in a message's body, if there is one. */
export function eventIdIn(content: Buffer): string | undefined {
  try {
    const { id } = JSON.parse(content.toString()) as { id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Reads an event log from its beginning, and all that is added to it. */
export class EventLogFollower {
  /** What was read so far, marks left out. */
  readonly messages: LoggedMessage[] = [];
  private readonly awaited = new Map<string, () => void>();

  private constructor(private readonly channel: ConfirmChannel) {}

  static async open(connection: ChannelModel): Promise<EventLogFollower> {
    const channel = await connection.createConfirmChannel();
    // What went wrong is said where it is waited for.
    channel.on('error', () => undefined);
    await channel.prefetch(1_000);
    const follower = new EventLogFollower(channel);
    const offset = { arguments: { 'x-stream-offset': 'first' } };
    await channel.consume(EVENT_LOG, (message) => message && follower.receive(message, channel), offset);
    return follower;
  }

  /** Resolves when all was read that the log holds now. */
  async readToEnd(): Promise<void> {
    const mark = crypto.randomUUID();
    const read = new Promise<void>((resolve) => this.awaited.set(mark, resolve));
    await markEnd(this.channel, mark);
    await read;
  }

  private receive(message: ConsumeMessage, channel: Channel): void {
    channel.ack(message);
    const id = eventIdIn(message.content);
    if (isMark(message)) this.awaited.get(id!)?.();
    else this.messages.push({ offset: offsetOf(message), id, type: message.fields.exchange });
  }
}
