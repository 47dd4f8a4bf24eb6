import { memo, useRef, useState } from 'react';
import { LongText } from '../../components/LongText';
import type { FeedPost } from '../../lib/feed';
import { focusList, focusSoon, focusTarget, useFocusOnRemoval } from '../../lib/focus';
import { Comments } from '../comments/Comments';
import { EditPost } from './EditPost';
import { PostActions } from './PostActions';
import { PostMeta } from './PostMeta';
import { postTitleId } from './use-feed';

/** A post with its comments. Posts that did not change are not rendered again. */
export const PostCard = memo(function PostCard({ post }: { post: FeedPost }) {
  const article = useRef<HTMLElement>(null);
  const editButton = useRef<HTMLButtonElement>(null);
  const [editing, setEditing] = useState(false);
  const titleId = postTitleId(post.id);
  useFocusOnRemoval(article);

  const stopEditing = (): void => {
    setEditing(false);
    focusSoon(() => editButton.current);
  };

  return (
    <article ref={article} className="card post" aria-labelledby={titleId} {...focusList}>
      <header className="post-header">
        <h3 className="post-title" id={titleId} dir="auto" {...focusTarget}>
          {post.title}
        </h3>
        {!editing && <PostActions post={post} editButton={editButton} onEdit={() => setEditing(true)} />}
      </header>
      <PostMeta post={post} />
      {editing && <EditPost post={post} onClose={stopEditing} />}
      {!editing && post.body.trim() !== '' && <LongText className="post-body" text={post.body} />}
      <Comments post={post} />
    </article>
  );
});
