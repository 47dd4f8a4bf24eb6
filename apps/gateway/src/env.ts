import { z } from 'zod';
import { appEnv, Limit, UpstreamUrls } from '#service';

/**
 * What the gateway reads from its environment. A URL's host name may stand for many instances. Those that announce
 * themselves need not be listed.
 */
export const gatewayEnv = appEnv('gateway').extend({
  POSTS_URLS: UpstreamUrls.optional(),
  COMMENTS_URLS: UpstreamUrls.optional(),
  QUERY_URLS: UpstreamUrls.optional(),
  /** How many requests each instance of a service is sent at once; more are answered 503. */
  MAX_REQUESTS_PER_INSTANCE: Limit.default(200),
  /** The built web client. */
  CLIENT_DIR: z.string().default('dist/client'),
});
export type GatewayEnv = z.infer<typeof gatewayEnv>;
