import type { ServerResponse } from 'node:http';
import type { Subscription } from 'rxjs';
import type { ChangesService } from './changes.service.js';
import type { RecordedChange } from './recorded-change.entity.js';

/** How often a comment is sent so that nobody in between takes the connection for dead, in milliseconds. */
const HEARTBEAT = 15_000;
/** A client that lets this many bytes pile up is cut off; it comes back and resumes. */
const BACKLOG_LIMIT = 1024 * 1024;
const REPLAY_PAGE = 500;
/** What clients are told to wait before they come back, in milliseconds. */
const RETRY = 1_000;

/**
 * One client's stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * A client that resumes first gets what it missed from the database; what happens meanwhile waits. Every change is sent
 * once and in order: `sent` is the offset of the last.
 */
export class EventStream {
  private sent: number;
  private waiting: RecordedChange[] | undefined = [];
  private readonly heartbeat: NodeJS.Timeout;
  private readonly subscription: Subscription;

  /** @param lastEventId the offset after which to begin; undefined begins with what happens from now on */
  constructor(
    private readonly response: ServerResponse,
    private readonly changes: ChangesService,
    private readonly lastEventId: number | undefined,
  ) {
    this.sent = changes.offset;
    this.subscription = changes.live.subscribe((change) => this.receive(change));
    this.heartbeat = setInterval(() => this.write(': still here\n\n'), HEARTBEAT).unref();
    response.on('close', () => this.stop());
  }

  /** Sends what the client missed, and from then on what happens. */
  async start(): Promise<void> {
    this.write(`retry: ${RETRY}\n`);
    if (this.lastEventId !== undefined) await this.replay(this.lastEventId);
    // An id alone dispatches nothing, but the client remembers it: it can resume even if nothing has happened yet.
    this.write(`id: ${this.sent}\n\n`);
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const change of waiting) this.send(change);
  }

  /** Ends the stream; the client comes back. */
  stop(): void {
    clearInterval(this.heartbeat);
    this.subscription.unsubscribe();
    this.response.end();
  }

  private async replay(from: number): Promise<void> {
    if (!this.changes.reachesBackTo(from)) {
      this.write('event: reset\ndata: {}\n');
      return;
    }
    this.sent = from;
    for (;;) {
      const page = await this.changes.after(this.sent, REPLAY_PAGE);
      for (const change of page) this.send(change);
      if (page.length < REPLAY_PAGE) return;
    }
  }

  private receive(change: RecordedChange): void {
    if (this.waiting) this.waiting.push(change);
    else this.send(change);
  }

  private send({ offset, type, data }: RecordedChange): void {
    if (offset <= this.sent) return;
    this.sent = offset;
    this.write(`event: ${type}\nid: ${offset}\ndata: ${data}\n\n`);
  }

  private write(text: string): void {
    if (this.response.writableLength > BACKLOG_LIMIT) this.response.destroy();
    else if (!this.response.writableEnded) this.response.write(text);
  }
}
