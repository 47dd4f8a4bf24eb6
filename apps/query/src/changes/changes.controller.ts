import { type BeforeApplicationShutdown, Controller, Get, Headers, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { countedAsStream, ProblemException } from '#service';
import { ChangesService } from './changes.service.js';
import { EventStream } from './event-stream.js';

@Controller('events')
export class ChangesController implements BeforeApplicationShutdown {
  private readonly streams = new Set<EventStream>();

  constructor(private readonly changes: ChangesService) {}

  /** Server-sent events: every change of the read model, resumable by `Last-Event-ID`. */
  @Get()
  @RouteConfig(countedAsStream)
  async stream(@Headers('last-event-id') lastEventId: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const from = offsetOf(lastEventId);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      // The connection ends with the stream, so that a server that stops need not wait for it.
      connection: 'close',
    });
    const stream = new EventStream(raw, this.changes, from);
    this.streams.add(stream);
    raw.on('close', () => this.streams.delete(stream));
    await stream.start();
  }

  /** Before the HTTP server closes: it would wait for these connections. */
  beforeApplicationShutdown(): void {
    for (const stream of this.streams) stream.stop();
  }
}

function offsetOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  if (/^(-1|\d{1,15})$/.test(lastEventId)) return Number(lastEventId);
  throw new ProblemException('bad-request', 'Last-Event-ID must be the id of an event of this stream, or left out.');
}
