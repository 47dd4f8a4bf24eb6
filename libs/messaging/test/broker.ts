import { type Channel, connect, type GetMessage } from 'amqplib';
import { waitFor } from '#testing';

/** Does to a vhost what people and accidents do: over a channel of its own for each act, as some acts close it. */
export class Broker {
  private readonly vhost: string;

  /** @param url AMQP URL of the vhost */
  constructor(private readonly url: string) {
    this.vhost = new URL(url).pathname.slice(1);
  }

  async act<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const connection = await connect(this.url, { clientProperties: { connection_name: 'somebody' } });
    // What a refused act has to say reaches us through its promise.
    connection.on('error', () => undefined);
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      return await work(channel);
    } finally {
      await connection.close().catch(() => undefined);
    }
  }

  /** What stands ready in a queue, and how many consume it: as it is now, which the management API learns late. */
  async stateOf(queue: string): Promise<{ ready: number; consumers: number }> {
    const { messageCount, consumerCount } = await this.act((channel) => channel.checkQueue(queue));
    return { ready: messageCount, consumers: consumerCount };
  }

  /** Takes one message out of a queue for a look; it stays there, but counts as delivered once. */
  look(queue: string): Promise<GetMessage | false> {
    return this.act((channel) => channel.get(queue));
  }

  /** The ids of those messages in a queue that somebody was given before; all stay there. */
  redelivered(queue: string): Promise<string[]> {
    return this.act(async (channel) => {
      const ids: string[] = [];
      for (let message = await channel.get(queue); message; message = await channel.get(queue)) {
        if (message.fields.redelivered) ids.push(String(message.properties.messageId));
      }
      return ids;
    });
  }

  /** Takes away what takes the events of a type: all of its bindings that the topology makes. */
  unbind(exchange: string, queues: string[]): Promise<void> {
    return this.act(async (channel) => {
      for (const queue of queues) await channel.unbindQueue(queue, exchange, '');
    });
  }

  bind(exchange: string, queues: string[]): Promise<void> {
    return this.act(async (channel) => {
      for (const queue of queues) await channel.bindQueue(queue, exchange, '');
    });
  }

  /** How many messages an exchange was given. The broker counts every few seconds. */
  async publishedTo(exchange: string): Promise<number> {
    type Exchange = { message_stats?: { publish_in?: number } };
    const { message_stats } = await this.manage<Exchange>('GET', `exchanges/${this.vhost}/${exchange}`);
    return message_stats?.publish_in ?? 0;
  }

  /** Closes the connections whose name contains `name`, as an administrator does. */
  async closeConnections(name: string): Promise<void> {
    type Connection = { name: string; user_provided_name?: string };
    const ours = await waitFor(
      async () => {
        const all = await this.manage<Connection[]>('GET', `vhosts/${this.vhost}/connections`);
        const found = all.filter(({ user_provided_name }) => user_provided_name?.includes(name));
        return found.length > 0 && found;
      },
      { what: `the broker to know of the connection ${name}` },
    );
    for (const connection of ours) {
      // One that is gone already is no fault.
      await this.manage('DELETE', `connections/${encodeURIComponent(connection.name)}`).catch(() => undefined);
    }
  }

  /** How many channels are open on the vhost. */
  async channels(): Promise<number> {
    return (await this.manage<unknown[]>('GET', `vhosts/${this.vhost}/channels`)).length;
  }

  private async manage<T>(method: string, path: string): Promise<T> {
    const { origin, username, password } = new URL(process.env['TEST_RABBITMQ_MANAGEMENT_URL']!);
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const response = await fetch(`${origin}/api/${path}`, { method, headers: { authorization } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
