import type { FastifyReply } from 'fastify';

/** @returns aborted when nobody waits for the answer any more: its client is gone, or it was given */
export function clientGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  if (raw.destroyed) gone.abort();
  return gone.signal;
}
