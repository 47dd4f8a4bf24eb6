import { waitFor } from '#testing';

export interface SseEvent {
  event: string;
  id: string;
  data: unknown;
}

/** Reads a stream of server-sent events the way a browser's EventSource does, for tests. */
export class SseReader {
  readonly events: SseEvent[] = [];
  /** The id that a browser would resume from. */
  lastEventId: string | undefined;
  private ended = false;

  private constructor(private readonly abort: AbortController) {}

  static async open(url: string, lastEventId?: string): Promise<SseReader> {
    const abort = new AbortController();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const response = await fetch(url, { headers, signal: abort.signal });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
    const reader = new SseReader(abort);
    void reader.read(response.body);
    return reader;
  }

  waitFor(condition: (events: SseEvent[]) => boolean): Promise<boolean> {
    return waitFor(() => condition(this.events), { what: `events; so far: ${JSON.stringify(this.events)}` });
  }

  waitForEnd(): Promise<boolean> {
    return waitFor(() => this.ended, { what: 'the stream to end' });
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    let buffered = '';
    try {
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        buffered += chunk;
        const blocks = buffered.split('\n\n');
        buffered = blocks.pop()!;
        for (const block of blocks) this.dispatch(block);
      }
    } catch {
      // Closed by the test, or by the server.
    }
    this.ended = true;
  }

  private dispatch(block: string): void {
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2))) as Record<
      string,
      string
    >;
    if (fields['id'] !== undefined) this.lastEventId = fields['id'];
    if (fields['data'] === undefined) return;
    const { event = 'message', data } = fields;
    this.events.push({ event, id: this.lastEventId ?? '', data: JSON.parse(data) as unknown });
  }
}
