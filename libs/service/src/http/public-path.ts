import type { FastifyRequest } from 'fastify';

/**
 * The path of this request as its client knows it: the gateway says in `X-Forwarded-Prefix` what it took off.
 * For links back to us: `Location`, `Link`.
 */
export function publicPath({ headers, url }: FastifyRequest): string {
  const prefix = headers['x-forwarded-prefix'];
  const path = url.split('?')[0]!;
  return typeof prefix === 'string' && /^(\/[\w-]+)+$/.test(prefix) ? prefix + path : path;
}
