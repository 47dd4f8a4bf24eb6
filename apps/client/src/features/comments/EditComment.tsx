import { useState } from 'react';
import type { CommentView } from '#contracts';
import { CommentForm } from './CommentForm';
import { useUpdateComment } from './use-comments';

/** The form that changes a comment. `onClose` is called when it is saved or left. */
export function EditComment({ comment, onClose }: { comment: CommentView; onClose: () => void }) {
  // The comment may change while it is edited here; what counts is what this form started from.
  const [initial] = useState(comment.content ?? '');
  const updateComment = useUpdateComment(comment.postId, comment.id);
  return (
    <CommentForm
      label="Edit the comment"
      initial={initial}
      rows={2}
      submitLabel="Save"
      pendingLabel="Saving…"
      onCancel={onClose}
      onSubmit={async (content) => {
        // The same text would only be judged again.
        if (content !== initial) await updateComment.mutateAsync(content);
        onClose();
      }}
    />
  );
}
