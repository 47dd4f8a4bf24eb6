import { Injectable, Optional } from '@nestjs/common';
import type { BrokerStatus } from './broker-connection.js';
import { Caretaker } from './caretaker.js';
import { EventLogServer } from './event-log.server.js';
import type { EventServer } from './event-server.js';
import { OutboxRelay } from './outbox-relay.js';
import { ServiceQueueServer } from './service-queue.server.js';

/** The parts of messaging that a service has: what it connects at start, and how they are. */
@Injectable()
export class Messaging {
  constructor(
    @Optional() private readonly relay?: OutboxRelay,
    @Optional() private readonly queue?: ServiceQueueServer,
    @Optional() private readonly log?: EventLogServer,
    @Optional() private readonly caretaker?: Caretaker,
  ) {}

  /** The transport strategies to connect. */
  get servers(): EventServer[] {
    return [this.queue, this.log].filter((server) => server !== undefined);
  }

  /** Publishes what is left in the outbox, as far as there is time, and disconnects. The database must still be open. */
  async stop(): Promise<void> {
    await this.relay?.stop();
    await this.caretaker?.stop();
  }

  /** How each part is connected. */
  statuses(): Record<string, BrokerStatus> {
    return {
      ...(this.relay && { publisher: this.relay.status }),
      ...(this.queue && { consumer: this.queue.brokerStatus }),
      ...(this.log && { eventLog: this.log.brokerStatus }),
    };
  }
}
