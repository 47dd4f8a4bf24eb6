import type { CommentView, Post } from '#contracts';
import { byAge, type Feed, type FeedPost, isNewerComment, mergeComments, updatePost } from './feed';

/**
 * A change to what is shown: an event of the read model, or the answer to a write of this tab. An answer does not know
 * the post's comment count, so `commentCount` is left out there.
 */
export type Change =
  | { type: 'post.changed'; data: Post }
  | { type: 'post.deleted'; data: { id: string } }
  | { type: 'comment.changed'; data: { comment: CommentView; commentCount?: number } }
  | { type: 'comment.deleted'; data: { id: string; postId: string; commentCount?: number } };

/**
 * The feed after a change. Changes may come twice and out of order, from the event stream and from answers: a state is
 * taken only when its version is newer than the one held. What stays the same keeps its identity.
 */
export function applyChange(feed: Feed, { type, data }: Change): Feed {
  switch (type) {
    case 'post.changed':
      return putPost(feed, data);
    case 'post.deleted': {
      const posts = feed.posts.filter(({ id }) => id !== data.id);
      return posts.length === feed.posts.length ? feed : { ...feed, posts };
    }
    case 'comment.changed':
      return updatePost(feed, data.comment.postId, (post) => putComment(post, data.comment, data.commentCount));
    case 'comment.deleted':
      return updatePost(feed, data.postId, (post) => dropComment(post, data.id, data.commentCount));
  }
}

function putPost(feed: Feed, post: Post): Feed {
  const held = feed.posts.find(({ id }) => id === post.id);
  if (held) {
    return post.version > held.version ? updatePost(feed, post.id, (known) => ({ ...known, ...post })) : feed;
  }
  // The loaded posts have no gap, so an unknown one among them is new. One that is older than all of them lies on a
  // page that is not loaded yet.
  const oldest = feed.posts.at(-1);
  if (feed.cursor !== null && oldest && post.id < oldest.id) return feed;
  const added: FeedPost = { ...post, commentCount: 0, comments: [], tail: [], commentsCursor: null };
  return { ...feed, posts: [...feed.posts, added].toSorted((a, b) => byAge(b, a)) };
}

function putComment(post: FeedPost, comment: CommentView, count: number | undefined): FeedPost {
  const commentCount = count ?? post.commentCount;
  if ([...post.comments, ...post.tail].some(({ id }) => id === comment.id)) {
    const comments = refresh(post.comments, comment);
    const tail = refresh(post.tail, comment);
    return keepIfSame(post, { ...post, commentCount, comments, tail });
  }
  // An unknown comment belongs to the loaded part when that reaches to the end of the thread, or beyond this comment.
  // Otherwise the gap behind it grows by one; only one's own comment is to be seen at once.
  const last = post.comments.at(-1);
  if (post.comments.length >= post.commentCount || (last && comment.id < last.id)) {
    return { ...post, commentCount, comments: mergeComments(post.comments, [comment]) };
  }
  if (count === undefined) return { ...post, tail: mergeComments(post.tail, [comment]) };
  return keepIfSame(post, { ...post, commentCount });
}

function dropComment(post: FeedPost, id: string, count: number | undefined): FeedPost {
  const comments = post.comments.filter((comment) => comment.id !== id);
  const tail = post.tail.filter((comment) => comment.id !== id);
  const dropped = post.comments.length + post.tail.length - comments.length - tail.length;
  return keepIfSame(post, {
    ...post,
    commentCount: count ?? Math.max(0, post.commentCount - dropped),
    comments: comments.length === post.comments.length ? post.comments : comments,
    tail: tail.length === post.tail.length ? post.tail : tail,
  });
}

function refresh(comments: CommentView[], state: CommentView): CommentView[] {
  const index = comments.findIndex(({ id }) => id === state.id);
  const held = comments[index];
  return held && isNewerComment(held, state) ? comments.with(index, state) : comments;
}

/** Keeps the identity of a post that did not change, so that it is not rendered again. */
function keepIfSame(held: FeedPost, post: FeedPost): FeedPost {
  const same = held.commentCount === post.commentCount && held.comments === post.comments && held.tail === post.tail;
  return same ? held : post;
}
