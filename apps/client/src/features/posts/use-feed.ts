import { useMutation, useQuery } from '@tanstack/react-query';
import { feedKey } from '../../lib/feed-cache';
import { useFeedCache } from '../../lib/feed-cache-context';
import { focusSoon } from '../../lib/focus';
import { isRefusal } from '../../lib/problem';

/** How often a read is tried again before its failure is told. */
const RETRIES = 2;

/**
 * The feed. It is read once, and from then on the event stream keeps it up to date; after a gap in the stream it is
 * read again. That is tried for as long as it takes, because until then what is shown may be out of date.
 */
export function useFeed() {
  const cache = useFeedCache();
  return useQuery({
    queryKey: feedKey,
    queryFn: ({ signal }) => cache.load(signal),
    retry: (failures, error) => !isRefusal(error) && (failures < RETRIES || cache.isLoaded),
  });
}

/** Reads the next page of posts, and moves the focus to the first of them. */
export function useLoadMorePosts() {
  const cache = useFeedCache();
  return useMutation({
    mutationFn: () => cache.loadMorePosts(),
    onSuccess: (first) => {
      if (first) focusSoon(() => document.getElementById(postTitleId(first.id)), { preventScroll: true });
    },
  });
}

/** The id of the heading of a post, which takes the focus on its behalf. */
export const postTitleId = (postId: string): string => `post-${postId}`;
