import type { FastifyReply } from 'fastify';
import { CONSISTENCY_TOKEN, encodeToken, type Write } from '#contracts';

/** Names, in the answer to a write that was done, the write: reads that send the token back show it. */
export function tellWrite(reply: FastifyReply, write: Write): void {
  reply.header(CONSISTENCY_TOKEN, encodeToken(write));
}
