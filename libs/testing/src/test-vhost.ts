import { randomUUID } from 'node:crypto';

/** A queue as RabbitMQ's management API tells of it. */
export interface QueueInfo {
  name: string;
  type: string;
  messages: number;
  consumers: number;
  arguments: Record<string, unknown>;
}

/** A message taken out of a queue for a look. */
export interface QueuedMessage {
  payload: string;
  properties: { message_id?: string; headers?: Record<string, unknown> };
}

/** A RabbitMQ vhost of one test's own, made and removed over the management API. */
export class TestVhost {
  private constructor(
    private readonly name: string,
    private readonly managementUrl: URL,
    /** AMQP URL of the vhost. */
    readonly url: string,
  ) {}

  /**
   * Makes a vhost on the broker that `TEST_RABBITMQ_URL` and `TEST_RABBITMQ_MANAGEMENT_URL` name (`npm test` and the
   * Vitest configuration start one and set both).
   *
   * @throws Error when they are not set, or the broker refuses
   */
  static async create(): Promise<TestVhost> {
    const { TEST_RABBITMQ_URL: amqp, TEST_RABBITMQ_MANAGEMENT_URL: management } = process.env;
    if (!amqp || !management) {
      throw new Error('TEST_RABBITMQ_URL and TEST_RABBITMQ_MANAGEMENT_URL are not set; start the tests with npm test');
    }
    const name = `test-${randomUUID()}`;
    const vhost = new TestVhost(name, new URL(management), `${amqp.replace(/\/$/, '')}/${name}`);
    await vhost.api('PUT', `vhosts/${name}`);
    return vhost;
  }

  /** Removes the vhost and everything in it. */
  async remove(): Promise<void> {
    await this.api('DELETE', `vhosts/${this.name}`);
  }

  queues(): Promise<QueueInfo[]> {
    return this.api('GET', `queues/${this.name}`);
  }

  exchanges(): Promise<{ name: string; type: string; durable: boolean }[]> {
    return this.api('GET', `exchanges/${this.name}`);
  }

  /** Bindings of exchanges to queues, those of the default exchange left out. */
  async bindings(): Promise<{ source: string; destination: string }[]> {
    const all = await this.api<{ source: string; destination: string }[]>('GET', `bindings/${this.name}`);
    return all.filter(({ source }) => source !== '');
  }

  /** The messages of a queue, which stay in it. */
  peek(queue: string): Promise<QueuedMessage[]> {
    return this.api('POST', `queues/${this.name}/${encodeURIComponent(queue)}/get`, {
      count: 1_000,
      ackmode: 'ack_requeue_true',
      encoding: 'auto',
    });
  }

  purgeQueue(queue: string): Promise<void> {
    return this.api('DELETE', `queues/${this.name}/${encodeURIComponent(queue)}/contents`);
  }

  deleteQueue(queue: string): Promise<void> {
    return this.api('DELETE', `queues/${this.name}/${encodeURIComponent(queue)}`);
  }

  /** Sets a policy for the queues of that name, as an operator does. */
  setPolicy(queue: string, definition: Record<string, unknown>): Promise<void> {
    return this.api('PUT', `policies/${this.name}/${queue}`, {
      pattern: `^${queue}$`,
      definition,
      'apply-to': 'queues',
    });
  }

  private async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { origin, username, password } = this.managementUrl;
    const response = await fetch(`${origin}/api/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`RabbitMQ's management API answered ${response.status} to ${path}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
