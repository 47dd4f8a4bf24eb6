import type { QueryClient } from '@tanstack/react-query';
import type { Comment, CommentView } from '#contracts';
import type { ListApi } from './api';
import { applyChange, type Change } from './apply-change';
import { ChangeLog } from './change-log';
import { appendComments, appendPosts, type Feed, type FeedPost } from './feed';
import { pageSizes } from './limits';
import { loadFeed } from './load-feed';
import { OwnComments } from './own-comments';

/** The key of the feed in the query cache. */
export const feedKey = ['feed'] as const;

export interface FeedCacheOptions {
  queryClient: QueryClient;
  api: ListApi;
  /** Called once for each verdict on a comment that was written in this tab. */
  onVerdict: (comment: CommentView) => void;
}

/**
 * Keeps the feed in the query cache true: what is read, what this tab writes and what the event stream tells all come
 * together here.
 *
 * It is one plain query rather than an infinite one. An infinite query that loads a page puts it behind the pages as
 * they were when it began, and so would undo the changes of the meantime.
 */
export class FeedCache {
  readonly #log = new ChangeLog();
  readonly #own = new OwnComments();

  constructor(private readonly options: FeedCacheOptions) {}

  /** Whether there is a feed to show. */
  get isLoaded(): boolean {
    return this.#held() !== undefined;
  }

  /** Reads the feed from the server: the query's function. */
  async load(signal?: AbortSignal): Promise<Feed> {
    return this.#settle(await loadFeed(this.options.api, () => this.#held(), signal));
  }

  /** Reads the next page of posts; answers the first post that it added. */
  async loadMorePosts(): Promise<FeedPost | undefined> {
    const before = this.#held();
    if (!before || before.cursor === null) return undefined;
    const { cursor } = before;
    const page = await this.options.api.listPosts({ limit: pageSizes.posts, cursor });
    // Unless the feed was read again meanwhile: its end may be elsewhere now.
    this.#write((feed) => (feed.cursor === cursor ? this.#settle(appendPosts(feed, page)) : feed));
    const known = new Set(before.posts.map(({ id }) => id));
    return this.#held()?.posts.find(({ id }) => page.items.some((item) => item.id === id) && !known.has(id));
  }

  /** Reads on in the thread of a post; answers the first comment that it added. */
  async loadMoreComments(postId: string): Promise<CommentView | undefined> {
    const before = this.#post(postId);
    if (!before) return undefined;
    const known = new Set(before.comments.map(({ id }) => id));
    let cursor = before.commentsCursor;
    let added: CommentView | undefined;
    do {
      // Without a cursor the thread is read from its start, past what the feed brought along.
      const wanted = cursor === null ? known.size + pageSizes.comments : pageSizes.comments;
      const limit = Math.min(pageSizes.max, wanted);
      const page = await this.options.api.listComments(postId, { limit, cursor });
      this.#write((feed) => this.#settle(appendComments(feed, postId, page)));
      added = this.#post(postId)?.comments.find(({ id }) => !known.has(id));
      cursor = page.cursor;
    } while (!added && cursor !== null);
    return added;
  }

  /** Applies an event of the read model. */
  apply(change: Change): void {
    this.#apply(change, false);
  }

  /** Applies the answer to a write of this tab, before the read model tells about it. */
  applyOwn(change: Change): void {
    this.#apply(change, true);
  }

  /** Applies the answer to a comment's POST or PATCH, and remembers its text. */
  applyOwnComment(comment: Comment): void {
    this.#own.remember(comment);
    this.applyOwn({ type: 'comment.changed', data: { comment } });
  }

  /** Reads everything again after a gap in the event stream. */
  async reset(): Promise<void> {
    this.#log.forgetEvents();
    // A first read that is on its way would be waited for instead of repeated, and it may be from before the gap.
    await this.options.queryClient.cancelQueries();
    await this.options.queryClient.invalidateQueries();
  }

  #apply(change: Change, own: boolean): void {
    const filled = this.#fill(change);
    if (!this.#log.note(filled, own)) return;
    this.#write((feed) => {
      const changed = applyChange(feed, filled);
      // Comments of a post that is new here may have been told of before the post was.
      return changed.posts.length > feed.posts.length ? this.#log.replay(changed) : changed;
    });
    if (filled.type === 'comment.changed' && this.#own.takeVerdict(filled.data.comment)) {
      this.options.onVerdict(filled.data.comment);
    }
  }

  #fill(change: Change): Change {
    if (change.type !== 'comment.changed') return change;
    return { ...change, data: { ...change.data, comment: this.#own.fill(change.data.comment) } };
  }

  /** Makes a feed that comes from the server agree with what is known beyond it. */
  #settle(feed: Feed): Feed {
    const fill = (comment: CommentView): CommentView => this.#own.fill(comment);
    const posts = feed.posts.map((post) => ({ ...post, comments: post.comments.map(fill) }));
    return this.#log.replay({ ...feed, posts });
  }

  #write(update: (feed: Feed) => Feed): void {
    // Before the feed is read there is nothing to change; what is logged is played on it when it arrives.
    this.options.queryClient.setQueryData<Feed>(feedKey, (feed) => feed && update(feed));
  }

  #held(): Feed | undefined {
    return this.options.queryClient.getQueryData<Feed>(feedKey);
  }

  #post(postId: string): FeedPost | undefined {
    return this.#held()?.posts.find(({ id }) => id === postId);
  }
}
