import { type ReactNode, useCallback, useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { commentTotal } from '../../lib/feed';
import { findNeighbour, focusSoon } from '../../lib/focus';
import { plural } from '../../lib/plural';
import { messageOf } from '../../lib/problem';
import { type AskDeletion, DeletionContext, type DeletionSubject } from './deletion-context';
import { useDelete } from './use-delete';

interface Asked {
  subject: DeletionSubject;
  neighbour: () => HTMLElement | null;
}

/**
 * Holds the dialog that asks before a deletion. There is one for the whole page, because a dialog inside of the item
 * would go away with it: by the event that tells of the deletion, which may come before the answer to the request.
 */
export function DeletionProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { mutate, reset, isPending, error } = useDelete();

  const ask = useCallback<AskDeletion>(
    (subject, item) => {
      reset();
      // The neighbours are looked for while the item is still there.
      setAsked({ subject, neighbour: item ? findNeighbour(item) : () => null });
    },
    [reset],
  );

  const confirm = ({ subject, neighbour }: Asked): void => {
    mutate(subject, {
      onSuccess: () => {
        setAsked(null);
        focusSoon(neighbour);
      },
    });
  };

  return (
    <DeletionContext value={ask}>
      {children}
      {asked && (
        <ConfirmDialog
          title={asked.subject.kind === 'post' ? 'Delete this post?' : 'Delete this comment?'}
          confirmLabel={asked.subject.kind === 'post' ? 'Delete post' : 'Delete comment'}
          pending={isPending}
          error={error ? messageOf(error) : undefined}
          onConfirm={() => confirm(asked)}
          onClose={() => setAsked(null)}
        >
          {consequence(asked.subject)}
        </ConfirmDialog>
      )}
    </DeletionContext>
  );
}

function consequence(subject: DeletionSubject): string {
  if (subject.kind === 'comment') return 'It will be gone for everyone. This cannot be undone.';
  const total = commentTotal(subject.post);
  const what = total === 0 ? `“${subject.post.title}”` : `“${subject.post.title}” and its ${plural(total, 'comment')}`;
  return `${what} will be gone for everyone. This cannot be undone.`;
}
