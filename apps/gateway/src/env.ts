import { z } from 'zod';
import { defaultPorts } from '#contracts';
import { appEnv, UpstreamUrls } from '#service';
import type { UpstreamName } from './upstreams/upstream.js';

const urlsOf = (name: UpstreamName) => UpstreamUrls.default([`http://127.0.0.1:${defaultPorts[name]}`]);

/** What the gateway reads from its environment. A URL's host name may stand for many instances. */
export const gatewayEnv = appEnv('gateway').extend({
  POSTS_URLS: urlsOf('posts'),
  COMMENTS_URLS: urlsOf('comments'),
  QUERY_URLS: urlsOf('query'),
  /** The built web client. */
  CLIENT_DIR: z.string().default('dist/client'),
});
export type GatewayEnv = z.infer<typeof gatewayEnv>;
