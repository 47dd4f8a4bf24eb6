import type { CommentView } from '#contracts';
import { Icon } from '../../components/Icon';
import { LongText } from '../../components/LongText';

/** The text of a comment, or what is told in its place. Nothing is, while a comment of somebody else is pending. */
export function CommentText({ comment: { status, content } }: { comment: CommentView }) {
  if (status === 'rejected') {
    return (
      <p className="comment-rejected-text">
        <Icon name="blocked" />
        This comment was rejected by moderation
      </p>
    );
  }
  return content === null ? null : <LongText className="comment-text" text={content} />;
}
