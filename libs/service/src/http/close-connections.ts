import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Lets stopping end as soon as the requests in flight are answered. Closing a Node server closes idle connections, but
 * then waits for two kinds that may never end by themselves:
 *
 * - one that answers its last request after that moment: it is told to close with the answer;
 * - one on which no request was ever sent, as browsers open them in advance: it is cut.
 */
export function closeConnectionsOnStop(fastify: FastifyInstance): void {
  let stopping = false;
  const unused = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  fastify.server.on('request', ({ socket }) => unused.delete(socket));
  fastify.addHook('preClose', (done) => {
    stopping = true;
    for (const socket of unused) socket.destroy();
    done();
  });
  // An answer whose head was sent before we began to stop leaves its connection idle.
  fastify.addHook('onResponse', (_request, _reply, done) => {
    if (stopping) fastify.server.closeIdleConnections();
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done();
  });
}
