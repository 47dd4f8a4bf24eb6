import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { eventsPublishedBy, eventsReactedToBy } from '#contracts';
import { Caretaker } from './caretaker.js';
import { EventLogReplay } from './event-log.replay.js';
import { EventLogServer } from './event-log.server.js';
import { EventPublisher } from './event-publisher.js';
import { Inbox } from './inbox.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { Messaging } from './messaging.js';
import { OutboxRelay } from './outbox-relay.js';
import { Repeats } from './repeats.js';
import { ServiceQueueServer } from './service-queue.server.js';

/**
 * A service's connection to the others. Which parts it gets follows from the event table: `EventPublisher` and `Repeats`
 * with the outbox when it publishes, `ServiceQueueServer` with its inbox when it reacts, and `EventLogServer` when asked for.
 */
@Module({})
export class MessagingModule {
  /**
   * @param options.readsEventLog whether the service builds its data from the event log
   * @param options.replaysEventLog instead: whether this process builds such data once more, as far as it is told
   */
  static forRoot(options: MessagingOptions & { readsEventLog?: boolean; replaysEventLog?: boolean }): DynamicModule {
    const providers: Provider[] = [Messaging];
    const publishes = eventsPublishedBy(options.service).length > 0;
    const reacts = eventsReactedToBy(options.service).length > 0;
    // First, so that the others can ask it from their start.
    if (publishes || reacts) providers.push(Caretaker);
    if (publishes) providers.push(OutboxRelay, EventPublisher, Repeats);
    if (reacts) providers.push(Inbox, ServiceQueueServer);
    if (options.readsEventLog) providers.push(EventLogServer);
    if (options.replaysEventLog)
      providers.push(EventLogReplay, { provide: EventLogServer, useExisting: EventLogReplay });
    return {
      module: MessagingModule,
      global: true,
      providers: [{ provide: MESSAGING_OPTIONS, useValue: options }, ...providers],
      exports: providers,
    };
  }
}
