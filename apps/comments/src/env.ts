import type { z } from 'zod';
import { serviceEnv, UpstreamUrls } from '#service';

export const CommentsEnv = serviceEnv('comments').extend({
  /** Where to ask whether a post exists whose event has not come yet. */
  POSTS_URLS: UpstreamUrls.default(['http://127.0.0.1:4000']),
});
export type CommentsEnv = z.infer<typeof CommentsEnv>;
