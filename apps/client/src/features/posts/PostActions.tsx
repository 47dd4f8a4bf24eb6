import type { Ref } from 'react';
import { IconButton } from '../../components/IconButton';
import type { FeedPost } from '../../lib/feed';
import { useAskDeletion } from '../deletion/deletion-context';

interface PostActionsProps {
  post: FeedPost;
  editButton: Ref<HTMLButtonElement>;
  onEdit: () => void;
}

/** What can be done with a post. There are no accounts yet, so everyone may do it. */
export function PostActions({ post, editButton, onEdit }: PostActionsProps) {
  const askDeletion = useAskDeletion();
  return (
    <div className="actions">
      <IconButton ref={editButton} icon="edit" label="Edit post" onClick={onEdit} />
      <IconButton
        icon="delete"
        label="Delete post"
        onClick={(event) => askDeletion({ kind: 'post', post }, event.currentTarget.closest('article'))}
      />
    </div>
  );
}
