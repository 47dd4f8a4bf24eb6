import { commentTotal, type FeedPost, hiddenComments } from '../../lib/feed';
import { plural } from '../../lib/plural';
import { CommentItem } from './CommentItem';
import { MoreComments } from './MoreComments';
import { NewComment } from './NewComment';

/** The thread of a post and the form that continues it. */
export function Comments({ post }: { post: FeedPost }) {
  const total = commentTotal(post);
  return (
    <div className="comments">
      <h4 className="comments-title">{total === 0 ? 'No comments yet' : plural(total, 'comment')}</h4>
      {total > 0 && (
        <ol className="thread" role="list">
          {post.comments.map((comment) => (
            <CommentItem key={comment.id} comment={comment} />
          ))}
          {hiddenComments(post) > 0 && <MoreComments post={post} />}
          {post.tail.map((comment) => (
            <CommentItem key={comment.id} comment={comment} />
          ))}
        </ol>
      )}
      <NewComment post={post} />
    </div>
  );
}
