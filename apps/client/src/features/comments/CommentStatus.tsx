import type { CommentView } from '#contracts';
import { Icon } from '../../components/Icon';

/** Where a comment stands, as far as that is not plain from its text. */
export function CommentStatus({ comment }: { comment: CommentView }) {
  if (comment.status !== 'pending') return null;
  return (
    <>
      <span className="badge">
        <Icon name="clock" />
        Awaiting moderation
      </span>
      {comment.content !== null && <span className="comment-hint">Only you can see the text</span>}
    </>
  );
}
