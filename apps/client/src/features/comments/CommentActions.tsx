import type { Ref } from 'react';
import type { CommentView } from '#contracts';
import { IconButton } from '../../components/IconButton';
import { useAskDeletion } from '../deletion/deletion-context';

interface CommentActionsProps {
  comment: CommentView;
  editButton: Ref<HTMLButtonElement>;
  onEdit: () => void;
}

/** What can be done with a comment. One whose text is not known cannot be edited. */
export function CommentActions({ comment, editButton, onEdit }: CommentActionsProps) {
  const askDeletion = useAskDeletion();
  return (
    <div className="actions">
      {comment.content !== null && <IconButton ref={editButton} icon="edit" label="Edit comment" onClick={onEdit} />}
      <IconButton
        icon="delete"
        label="Delete comment"
        onClick={(event) => askDeletion({ kind: 'comment', comment }, event.currentTarget.closest('li'))}
      />
    </div>
  );
}
