import type { z } from 'zod';
import { serviceEnv, UpstreamUrls } from '#service';

export const CommentsEnv = serviceEnv('comments').extend({
  /** Where to ask whether a post exists whose event has not come yet, besides those that announce themselves. */
  POSTS_URLS: UpstreamUrls.optional(),
});
export type CommentsEnv = z.infer<typeof CommentsEnv>;
