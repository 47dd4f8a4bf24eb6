import { useState } from 'react';
import type { FeedPost } from '../../lib/feed';
import { PostForm } from './PostForm';
import { useUpdatePost } from './use-post-writes';

/** The form that changes a post. `onClose` is called when it is saved or left. */
export function EditPost({ post, onClose }: { post: FeedPost; onClose: () => void }) {
  // The post may change while it is edited here; what counts is what this form started from.
  const [initial] = useState(post);
  const updatePost = useUpdatePost(post.id);
  return (
    <PostForm
      label="Edit post"
      initial={initial}
      submitLabel="Save"
      pendingLabel="Saving…"
      onCancel={onClose}
      onSubmit={async ({ title, body }) => {
        // Only what was changed is sent, so that somebody else's change to the other part stays.
        const patch = { ...(title !== initial.title && { title }), ...(body !== initial.body && { body }) };
        if (Object.keys(patch).length > 0) await updatePost.mutateAsync(patch);
        onClose();
      }}
    />
  );
}
