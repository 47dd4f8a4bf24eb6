import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Dispatcher } from 'undici';
import { type Failure, RefusedError } from './failures.js';
import { responseHeaders } from './headers.js';

/** The most bytes of an answer that are held until it is whole. */
const HOLD_LIMIT = 256 * 1024;

/** An answer that the client has seen nothing of yet. */
interface Held {
  status: number;
  headers: IncomingHttpHeaders;
  chunks: Buffer[];
}

/**
 * One attempt to have a request answered by one instance. Passes the answer to the client as it comes, not faster than
 * the client takes it, and closes whichever side is left when the other one goes.
 *
 * An answer to a request that can be repeated is held until it is whole, unless it is large: if the instance dies in the
 * middle of it, another one can still be asked.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** What became of it: undefined when there was an answer, even a broken one, or no one to answer any more. */
  readonly outcome: Promise<Failure | undefined>;
  private settle: (failure?: Failure) => void;
  private readonly answer: ServerResponse;
  private controller?: Dispatcher.DispatchController;
  private clientGone: boolean;
  private answering = false;
  private held?: Held;

  /**
   * @param repeatable whether the request may be sent to another instance if this one breaks off
   * @param onAnswer told when the answer to the client has begun
   * @param passOver told of an answer 503, of which the client has seen nothing; returns whether another instance is to
   *   be asked instead
   */
  constructor(
    private readonly reply: FastifyReply,
    private readonly repeatable: boolean,
    private readonly onAnswer: (answer: ServerResponse) => void,
    private readonly passOver: (body: string) => boolean = () => false,
  ) {
    this.answer = reply.raw;
    this.outcome = new Promise((resolve) => (this.settle = resolve));
    // Of a second attempt: gone during the first one.
    this.clientGone = this.answer.destroyed;
    this.answer.once('close', this.onClientGone);
  }

  /** Ends it as if its connection had broken, unless the answer has begun and has an end: that may yet come. */
  giveUp(reason: string, endless: boolean): void {
    if (!this.answering || endless) this.controller?.abort(new Error(reason));
  }

  /** The request is about to be written to a connection. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.clientGone) this.onClientGone();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    if (this.repeatable && Number(headers['content-length']) <= HOLD_LIMIT) this.held = { status, headers, chunks: [] };
    else this.begin(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.held) return void this.held.chunks.push(chunk);
    if (this.answer.writableEnded || this.answer.destroyed || this.answer.write(chunk)) return;
    controller.pause();
    this.answer.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    const { held } = this;
    const body = held && Buffer.concat(held.chunks);
    if (held?.status === 503 && !this.clientGone && this.passOver(String(body))) {
      return this.end({ error: new RefusedError(), sent: true });
    }
    if (held) this.begin(held.status, held.headers);
    this.answer.end(body);
    this.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.answering && !this.clientGone) return this.end({ error, sent: this.controller !== undefined });
    // Nothing may be added to what was answered so far, and it must not look whole.
    this.reply.hijack();
    this.answer.destroy();
    this.end();
  }

  private begin(status: number, headers: IncomingHttpHeaders): void {
    this.answering = true;
    const own = this.reply.getHeaders() as OutgoingHttpHeaders;
    this.reply.hijack();
    this.answer.writeHead(status, responseHeaders(headers, own));
    this.onAnswer(this.answer);
  }

  private readonly onClientGone = (): void => {
    this.clientGone = true;
    this.controller?.abort(new Error('The client is gone'));
  };

  private end(failure?: Failure): void {
    this.answer.off('close', this.onClientGone);
    this.settle(failure);
  }
}
