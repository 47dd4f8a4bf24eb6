import type { CommentView, Post, PostView } from '#contracts';
import type { Page } from './api';

/** A post with the part of its thread that is loaded. */
export interface FeedPost extends Post {
  commentCount: number;
  /** The thread from its oldest comment on, without a gap. */
  comments: CommentView[];
  /** Comments written in this tab that lie beyond `comments`: shown behind the gap. */
  tail: CommentView[];
  /** Where the thread goes on after `comments`; null as long as only the feed was read, which does not tell. */
  commentsCursor: string | null;
}

/** The posts that are loaded, newest first and without a gap, and where the next page begins. */
export interface Feed {
  posts: FeedPost[];
  cursor: string | null;
}

/** A post of the feed as the server answers it, made ready to hold more of its thread. */
export function toFeedPost(view: PostView): FeedPost {
  return { ...view, tail: [], commentsCursor: null };
}

/** How many comments of the post are known to exist. Its own count lags behind while an answer is ahead of its event. */
export function commentTotal({ commentCount, comments, tail }: FeedPost): number {
  return Math.max(commentCount, comments.length + tail.length);
}

/** How many comments of the post are not loaded. */
export function hiddenComments(post: FeedPost): number {
  return commentTotal(post) - post.comments.length - post.tail.length;
}

/** Adds the next page at the end of the feed; posts that are there already stay as they are. */
export function appendPosts(feed: Feed, page: Page<PostView>): Feed {
  const known = new Set(feed.posts.map(({ id }) => id));
  const added = page.items.filter(({ id }) => !known.has(id)).map(toFeedPost);
  return { posts: [...feed.posts, ...added], cursor: page.cursor };
}

/** Adds a page of comments to a post's thread. */
export function appendComments(feed: Feed, postId: string, page: Page<CommentView>): Feed {
  return updatePost(feed, postId, (post) => {
    const comments = mergeComments(post.comments, page.items);
    if (page.cursor === null) {
      // The end of the thread is reached, so there is no gap left and the tail just goes on.
      return { ...post, comments: mergeComments(comments, post.tail), tail: [], commentsCursor: null };
    }
    const shown = new Set(comments.map(({ id }) => id));
    return { ...post, comments, tail: post.tail.filter(({ id }) => !shown.has(id)), commentsCursor: page.cursor };
  });
}

/** Changes one post of the feed. The feed stays the same object when the post does, or is not there. */
export function updatePost(feed: Feed, postId: string, update: (post: FeedPost) => FeedPost): Feed {
  const index = feed.posts.findIndex(({ id }) => id === postId);
  const held = feed.posts[index];
  if (!held) return feed;
  const updated = update(held);
  return updated === held ? feed : { ...feed, posts: feed.posts.with(index, updated) };
}

/**
 * Whether a state of a comment is to replace the one that is held. Versions decide. Of two states of the same version
 * the one with the text wins: it is the author's own view of a comment whose text others do not see yet.
 */
export function isNewerComment(held: CommentView, state: CommentView): boolean {
  if (state.version !== held.version) return state.version > held.version;
  return held.content === null && state.content !== null;
}

/** Oldest first: identifiers are UUIDv7 and sort by creation time. */
export const byAge = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Both lists as one, oldest first, every comment in its newest state. */
export function mergeComments(held: CommentView[], added: CommentView[]): CommentView[] {
  const byId = new Map(held.map((comment) => [comment.id, comment]));
  for (const comment of added) {
    const known = byId.get(comment.id);
    if (!known || isNewerComment(known, comment)) byId.set(comment.id, comment);
  }
  return [...byId.values()].toSorted(byAge);
}
