import { useMutation } from '@tanstack/react-query';
import { announce } from '../../lib/announcer';
import { api } from '../../lib/api';
import { useFeedCache } from '../../lib/feed-cache-context';
import { RequestError } from '../../lib/problem';
import type { DeletionSubject } from './deletion-context';

/** Deletes a post or a comment. */
export function useDelete() {
  const cache = useFeedCache();
  return useMutation({
    mutationFn: (subject: DeletionSubject) => unlessGone(deleteSubject(subject)),
    onSuccess: (_done, subject) => {
      if (subject.kind === 'post') {
        cache.applyOwn({ type: 'post.deleted', data: { id: subject.post.id } });
        announce('Post deleted');
      } else {
        const { id, postId } = subject.comment;
        cache.applyOwn({ type: 'comment.deleted', data: { id, postId } });
        announce('Comment deleted');
      }
    },
  });
}

function deleteSubject(subject: DeletionSubject): Promise<void> {
  return subject.kind === 'post'
    ? api.deletePost(subject.post.id)
    : api.deleteComment(subject.comment.postId, subject.comment.id);
}

/** Somebody else may have been faster, and that is just as well. */
async function unlessGone(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof RequestError && error.status === 404)) throw error;
  }
}
