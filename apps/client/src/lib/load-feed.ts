import type { CommentView, PostView } from '#contracts';
import type { ListApi, Page } from './api';
import { type Feed, type FeedPost, toFeedPost } from './feed';
import { pageSizes } from './limits';

/**
 * Reads the feed from its top, as far down as `held()` goes, with as much of each thread, so that reading it again
 * takes nothing away that somebody is looking at. `held` is asked again for each page: it may grow meanwhile.
 */
export async function loadFeed(api: ListApi, held: () => Feed | undefined, signal?: AbortSignal): Promise<Feed> {
  const views: PostView[] = [];
  let cursor: string | null = null;
  do {
    const missing = (held()?.posts.length ?? 0) - views.length;
    const limit = Math.min(pageSizes.max, Math.max(pageSizes.posts, missing));
    const page: Page<PostView> = await api.listPosts({ limit, cursor, signal });
    views.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== null && views.length < (held()?.posts.length ?? 0));

  const lengths = new Map(held()?.posts.map(({ id, comments }) => [id, comments.length]));
  const posts = views.map((view) => loadThread(api, toFeedPost(view), lengths.get(view.id) ?? 0, signal));
  return { posts: await Promise.all(posts), cursor };
}

async function loadThread(api: ListApi, post: FeedPost, atLeast: number, signal?: AbortSignal): Promise<FeedPost> {
  if (post.comments.length >= Math.min(atLeast, post.commentCount)) return post;
  const comments: CommentView[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<CommentView> = await api.listComments(post.id, { limit: pageSizes.max, cursor, signal });
    comments.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== null && comments.length < atLeast);
  return { ...post, comments, commentsCursor: cursor };
}
