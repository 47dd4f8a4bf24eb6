import { type CustomTransportStrategy, RmqContext, Server } from '@nestjs/microservices';
import type { Channel, ConsumeMessage } from 'amqplib';
import { isObservable, lastValueFrom } from 'rxjs';
import type { CloudEvent } from '#contracts';
import type { BrokerConnection, BrokerStatus } from './broker-connection.js';
import { UnhandledEventError } from './errors.js';
import { traceContext } from './trace-context.js';

/** What the two ways of receiving events share: a connection, and calling the `@EventPattern` handlers. */
export abstract class EventServer extends Server implements CustomTransportStrategy {
  /** Failures reach us; Nest need not log them. */
  override readonly propagatesEventHandlerErrors = true;
  protected abstract readonly broker: BrokerConnection;

  /** Whether events can be received, and what that waits for. */
  get brokerStatus(): BrokerStatus {
    return this.broker.status;
  }

  /** Begins to receive. Does not wait for RabbitMQ: the service serves without it. */
  listen(callback: () => void): void {
    this.broker.connect();
    callback();
  }

  abstract override close(): Promise<void>;

  on(): never {
    throw new Error('this transport emits no events; see brokerStatus');
  }

  unwrap(): never {
    throw new Error('the connection is not for others; see brokerStatus');
  }

  /**
   * Calls the handler of this event and waits for it.
   *
   * @throws what the handler threw, its class unchanged; UnhandledEventError when there is no handler
   */
  protected async callHandler(event: CloudEvent, message: ConsumeMessage, channel: Channel): Promise<void> {
    const handler = this.getHandlerByPattern(event.type);
    if (!handler) throw new UnhandledEventError(`no handler for ${event.type}`);
    const context = new RmqContext([{ ...message }, channel, event.type]);
    await traceContext.run({ traceparent: event.traceparent, eventId: event.id }, async () => {
      const result: unknown = await handler(event.data, context);
      // Nest's handleEvent would not tell us how it ended: await the handler's stream ourselves.
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    });
  }
}
