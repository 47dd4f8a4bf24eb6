import { createContext, use } from 'react';
import type { CommentView } from '#contracts';
import type { FeedPost } from '../../lib/feed';

/** What somebody wants to delete. */
export type DeletionSubject = { kind: 'post'; post: FeedPost } | { kind: 'comment'; comment: CommentView };

/** Asks whether to delete it; `item` is the element that shows it. */
export type AskDeletion = (subject: DeletionSubject, item: Element | null) => void;

export const DeletionContext = createContext<AskDeletion>(() => undefined);

/** Asks before something is deleted, and then deletes it. */
export const useAskDeletion = (): AskDeletion => use(DeletionContext);
