import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Comment } from '#contracts';
import { clientGone, preference } from '#service';
import { VerdictWaits } from './verdict-waits.js';

/** The longest that an answer waits, in seconds: less than the gateway waits for an answer. */
const LONGEST_WAIT = 10;

/** `Prefer: wait=N` (RFC 7240, section 4.3) on a comment's POST and PATCH: the answer waits for the verdict. */
@Injectable()
export class VerdictPreference {
  constructor(private readonly waits: VerdictWaits) {}

  /**
   * Waits for the verdict on `stored` as long as the client prefers, and says so in the answer.
   *
   * @returns the comment to answer with: judged, or `stored` when there is no verdict in time
   */
  async honour(stored: Comment, { headers }: FastifyRequest, reply: FastifyReply): Promise<Comment> {
    const seconds = preferredWait(headers.prefer);
    if (seconds === undefined) return stored;
    const comment = await this.waits.wait(stored, seconds * 1_000, clientGone(reply));
    if (comment) reply.header('preference-applied', `wait=${seconds}`);
    return comment ?? stored;
  }
}

/** @returns the seconds of `wait`, lowered to the longest; undefined where there is none */
export function preferredWait(prefer: string | string[] | undefined): number | undefined {
  if (prefer === undefined) return undefined;
  const wait = preference(String(prefer), 'wait') ?? '';
  return /^\d+$/.test(wait) ? Math.min(Number(wait), LONGEST_WAIT) : undefined;
}
