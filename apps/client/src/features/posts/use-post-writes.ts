import { useMutation } from '@tanstack/react-query';
import type { CreatePost, UpdatePost } from '#contracts';
import { announce } from '../../lib/announcer';
import { api } from '../../lib/api';
import { useFeedCache } from '../../lib/feed-cache-context';
import { focusSoon } from '../../lib/focus';
import { postTitleId } from './use-feed';

/** Publishes a post, shows it at once, and moves the focus to it. */
export function useCreatePost() {
  const cache = useFeedCache();
  return useMutation({
    mutationFn: (body: CreatePost) => api.createPost(body),
    onSuccess: (post) => {
      cache.applyOwn({ type: 'post.changed', data: post });
      announce('Post published');
      focusSoon(() => document.getElementById(postTitleId(post.id)));
    },
  });
}

/** Changes a post. */
export function useUpdatePost(postId: string) {
  const cache = useFeedCache();
  return useMutation({
    mutationFn: (body: UpdatePost) => api.updatePost(postId, body),
    onSuccess: (post) => {
      cache.applyOwn({ type: 'post.changed', data: post });
      announce('Post saved');
    },
  });
}
