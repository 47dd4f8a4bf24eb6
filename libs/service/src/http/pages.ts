import type { FastifyReply, FastifyRequest } from 'fastify';
import { publicPath } from './public-path.js';

/**
 * Ends a page of a list that is ordered by id. One item more than `limit` means that there is a next page, which the
 * `Link` header names (RFC 8288): this request's query with another cursor.
 *
 * @param items read with a limit one higher than the page's
 * @param idOf the id by which the list is ordered
 * @returns the items of the page
 */
export function page<T>(
  items: T[],
  limit: number,
  idOf: (item: T) => string,
  request: FastifyRequest,
  reply: FastifyReply,
): T[] {
  if (items.length <= limit) return items;
  const shown = items.slice(0, limit);
  const query = new URLSearchParams(request.url.split('?')[1]);
  query.set('limit', String(limit));
  query.set('cursor', idOf(shown.at(-1)!));
  reply.header('link', `<${publicPath(request)}?${query.toString()}>; rel="next"`);
  return shown;
}
