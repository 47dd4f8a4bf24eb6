import { RelativeTime } from '../../components/RelativeTime';
import type { FeedPost } from '../../lib/feed';
import { formatFull } from '../../lib/time';

/** When a post was written, and whether it was changed since. */
export function PostMeta({ post }: { post: FeedPost }) {
  return (
    <p className="meta">
      <RelativeTime timestamp={post.createdAt} />
      {post.version > 1 && <span title={`Edited ${formatFull(post.updatedAt)}`}>edited</span>}
    </p>
  );
}
