import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Ends the connections of a server that stops, each as soon as nothing is lost by it. Closing a Node server closes idle
 * connections, but then waits for two kinds that may never end by themselves:
 *
 * - one that answers its last request after that moment: it is told to close with the answer;
 * - one on which no request was ever sent, as browsers open them in advance: it is cut.
 */
export class Connections {
  private readonly end = new AbortController();
  private stopping = false;
  private readonly answers = new Set<ServerResponse>();
  /** Those on which nothing was asked yet, by the other end's address: of a TLS connection, only its TCP socket is here. */
  private readonly unused = new Map<string, Socket>();

  /** Aborted when answers shall come soon, and with them the ends of their connections: nothing should be waited for. */
  readonly ending = this.end.signal;

  constructor(private readonly fastify: FastifyInstance) {
    fastify.server.on('connection', (socket: Socket) => this.open(socket));
    // First of all: handlers may answer at once.
    fastify.server.prependListener('request', (request, answer) => this.use(request, answer));
    fastify.addHook('preClose', (done) => {
      this.stopping = true;
      this.endWithAnswers();
      for (const socket of this.unused.values()) socket.destroy();
      done();
    });
    // An answer whose head was sent before leaves its connection idle. Not earlier: a request may be on its way on it.
    fastify.addHook('onResponse', (_request, _reply, done) => {
      if (this.stopping) this.fastify.server.closeIdleConnections();
      done();
    });
  }

  /** From now on every answer says that it is the last one on its connection. Clients open others, to whom they may. */
  endWithAnswers(): void {
    for (const answer of this.answers) answer.shouldKeepAlive = false;
    this.end.abort();
  }

  private open(socket: Socket): void {
    const key = otherEnd(socket);
    this.unused.set(key, socket);
    socket.once('close', () => this.unused.delete(key));
  }

  private use({ socket }: IncomingMessage, answer: ServerResponse): void {
    this.unused.delete(otherEnd(socket));
    if (this.ending.aborted) answer.shouldKeepAlive = false;
    this.answers.add(answer);
    answer.once('close', () => this.answers.delete(answer));
  }
}

const otherEnd = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
