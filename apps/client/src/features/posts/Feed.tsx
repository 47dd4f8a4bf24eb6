import { Notice } from '../../components/Notice';
import { focusList, focusSoon, focusTarget } from '../../lib/focus';
import { FeedError } from './FeedError';
import { FeedSkeleton } from './FeedSkeleton';
import { LoadMorePosts } from './LoadMorePosts';
import { PostCard } from './PostCard';
import { useFeed } from './use-feed';

/** The posts, newest first. */
export function Feed() {
  return (
    <section className="feed" aria-labelledby="posts" {...focusList}>
      <h2 className="feed-title" id="posts" {...focusTarget}>
        Posts
      </h2>
      <FeedContent />
    </section>
  );
}

function FeedContent() {
  const { data: feed, error, isFetching, refetch } = useFeed();
  const retry = (): void => {
    void refetch();
    // The button goes away with the error.
    focusSoon(() => document.getElementById('posts'));
  };
  if (!feed) return error && !isFetching ? <FeedError error={error} onRetry={retry} /> : <FeedSkeleton />;
  if (feed.posts.length === 0) {
    return (
      <Notice icon="chat" title="Nothing here yet">
        <p>Write the first post. It appears here at once.</p>
      </Notice>
    );
  }
  return (
    <>
      {feed.posts.map((post) => (
        <PostCard key={post.id} post={post} />
      ))}
      {feed.cursor !== null && <LoadMorePosts />}
    </>
  );
}
