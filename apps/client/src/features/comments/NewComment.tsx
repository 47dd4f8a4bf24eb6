import type { FeedPost } from '../../lib/feed';
import { CommentForm } from './CommentForm';
import { useCreateComment } from './use-comments';

/** The form that writes a comment. */
export function NewComment({ post }: { post: FeedPost }) {
  const createComment = useCreateComment(post.id);
  return (
    <CommentForm
      label={`Comment on “${post.title}”`}
      placeholder="Write a comment"
      rows={1}
      submitLabel="Comment"
      pendingLabel="Sending…"
      onSubmit={async (content) => {
        await createComment.mutateAsync(content);
      }}
    />
  );
}
