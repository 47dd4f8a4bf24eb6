/** Help for the specs of this folder. Identifiers are short there; they only have to sort by age. */

import type { CommentView, Post, PostView } from '#contracts';
import { type Feed, type FeedPost, toFeedPost } from './feed';

const at = '2026-01-01T00:00:00.000Z';

export const aPost = (id: string, post: Partial<Post> = {}): Post => {
  return { id, title: `Post ${id}`, body: '', createdAt: at, updatedAt: at, version: 1, ...post };
};

export const aComment = (id: string, comment: Partial<CommentView> = {}): CommentView => {
  return { id, postId: 'p1', content: null, status: 'pending', createdAt: at, updatedAt: at, version: 1, ...comment };
};

export const aView = (id: string, comments: CommentView[] = [], commentCount = comments.length): PostView => {
  return { ...aPost(id), comments, commentCount };
};

export const aFeed = (posts: PostView[], cursor: string | null = null): Feed => {
  return { posts: posts.map(toFeedPost), cursor };
};

export const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id);

export const thread = ({ comments, tail, commentCount }: FeedPost): [string[], string[], number] => {
  return [ids(comments), ids(tail), commentCount];
};

/** A promise to be resolved from outside. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  const settle: { resolve?: (value: T) => void } = {};
  const promise = new Promise<T>((resolve) => {
    settle.resolve = resolve;
  });
  return { promise, resolve: (value) => settle.resolve?.(value) };
}
