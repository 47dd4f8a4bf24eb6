import { createContext, use } from 'react';
import type { FeedCache } from './feed-cache';

export const FeedCacheContext = createContext<FeedCache | null>(null);

/** The feed cache that the application set up. */
export function useFeedCache(): FeedCache {
  const cache = use(FeedCacheContext);
  if (!cache) throw new Error('There is no feed cache around this component');
  return cache;
}
