import { useMutation } from '@tanstack/react-query';
import { announce } from '../../lib/announcer';
import { api } from '../../lib/api';
import { useFeedCache } from '../../lib/feed-cache-context';
import { focusSoon } from '../../lib/focus';

/** The id of the element that shows a comment. */
export const commentElementId = (commentId: string): string => `comment-${commentId}`;

/** Reads on in the thread of a post, and moves the focus to the first comment that it brings. */
export function useLoadMoreComments(postId: string) {
  const cache = useFeedCache();
  return useMutation({
    mutationFn: () => cache.loadMoreComments(postId),
    onSuccess: (first) => {
      if (first) focusSoon(() => document.getElementById(commentElementId(first.id)), { preventScroll: true });
    },
  });
}

/** Writes a comment, and shows it to its author at once. */
export function useCreateComment(postId: string) {
  const cache = useFeedCache();
  return useMutation({
    mutationFn: (content: string) => api.createComment(postId, { content }),
    onSuccess: (comment) => {
      announce('Comment sent to moderation');
      cache.applyOwnComment(comment);
    },
  });
}

/** Changes the text of a comment, which is judged again then. */
export function useUpdateComment(postId: string, commentId: string) {
  const cache = useFeedCache();
  return useMutation({
    mutationFn: (content: string) => api.updateComment(postId, commentId, { content }),
    onSuccess: (comment) => {
      announce('Comment sent to moderation');
      cache.applyOwnComment(comment);
    },
  });
}
