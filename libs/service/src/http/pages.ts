import type { FastifyReply, FastifyRequest } from 'fastify';
import { publicPath } from './public-path.js';

/**
 * Ends a page of a list that is ordered by id. One item more than `limit` means that there is a next page, which the
 * `Link` header names (RFC 8288).
 *
 * @param items read with a limit one higher than the page's
 * @returns the items of the page
 */
export function page<T extends { id: string }>(
  items: T[],
  limit: number,
  request: FastifyRequest,
  reply: FastifyReply,
): T[] {
  if (items.length <= limit) return items;
  const shown = items.slice(0, limit);
  const query = new URLSearchParams({ limit: String(limit), cursor: shown.at(-1)!.id });
  reply.header('link', `<${publicPath(request)}?${query.toString()}>; rel="next"`);
  return shown;
}
