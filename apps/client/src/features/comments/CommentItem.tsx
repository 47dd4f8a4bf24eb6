import { memo, useRef, useState } from 'react';
import type { CommentView } from '#contracts';
import { RelativeTime } from '../../components/RelativeTime';
import { focusSoon, focusTarget, useFocusOnRemoval } from '../../lib/focus';
import { CommentActions } from './CommentActions';
import { CommentStatus } from './CommentStatus';
import { CommentText } from './CommentText';
import { EditComment } from './EditComment';
import { commentElementId } from './use-comments';

/** A comment of a thread. */
export const CommentItem = memo(function CommentItem({ comment }: { comment: CommentView }) {
  const item = useRef<HTMLLIElement>(null);
  const editButton = useRef<HTMLButtonElement>(null);
  const [editing, setEditing] = useState(false);
  useFocusOnRemoval(item);

  const stopEditing = (): void => {
    setEditing(false);
    focusSoon(() => editButton.current);
  };

  return (
    <li ref={item} className={`comment comment-${comment.status}`} id={commentElementId(comment.id)} {...focusTarget}>
      <div className="comment-header">
        <p className="meta">
          <RelativeTime timestamp={comment.createdAt} />
          <CommentStatus comment={comment} />
        </p>
        {!editing && <CommentActions comment={comment} editButton={editButton} onEdit={() => setEditing(true)} />}
      </div>
      {editing ? <EditComment comment={comment} onClose={stopEditing} /> : <CommentText comment={comment} />}
    </li>
  );
});
