import { TestSystem, type TestSystemOptions } from '#testing';
import { comments } from '../apps/comments/src/app.js';
import { gateway } from '../apps/gateway/src/app.js';
import { moderation } from '../apps/moderation/src/app.js';
import { posts } from '../apps/posts/src/app.js';
import { query } from '../apps/query/src/app.js';

/** Starts all five apps. */
export const startWholeSystem = (options: Omit<TestSystemOptions, 'apps'> = {}): Promise<TestSystem> =>
  TestSystem.start({ ...options, apps: [posts, comments, moderation, query, gateway] });
