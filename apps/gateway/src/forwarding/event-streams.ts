import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** The answers that have no end of their own. Ends them when the gateway stops, which would wait for them for ever. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<ServerResponse>();
  private stopping = false;

  /** Follows `answer`, whose head is sent, until it is closed. */
  add(answer: ServerResponse): void {
    if (this.stopping) answer.end();
    this.open.add(answer);
    answer.once('close', () => this.open.delete(answer));
  }

  beforeApplicationShutdown(): void {
    this.stopping = true;
    for (const answer of this.open) answer.end();
  }
}
